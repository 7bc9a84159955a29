#pragma once
// Randomness as a port, so that a simulator can replay a run from its seed.

#include <cstddef>
#include <span>

namespace gonghui {

// Thread-safe. What SystemRandom gives is fit for keys and nonces.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> out) = 0;
};

class SystemRandom final : public Random {
public:
    void fill(std::span<std::byte> out) override;
};

}  // namespace gonghui
