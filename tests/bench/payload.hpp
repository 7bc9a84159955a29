#pragma once
// What is appended on every side: 300 bytes, of which the first eight tell when it was made.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gonghui::bench {

constexpr std::size_t payload_bytes = 300;
using Payload = std::array<std::byte, payload_bytes>;

// Of one clock for all processes of this machine; microseconds.
inline std::int64_t moment()
{
    using std::chrono::steady_clock;
    return std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now().time_since_epoch()).count();
}

inline Payload make_payload(std::uint64_t seed)
{
    Payload payload{};
    for (auto& byte : payload) byte = static_cast<std::byte>((seed = seed * 6364136223846793005U + 1) >> 56U);
    return payload;
}

inline void stamp(Payload& payload)
{
    const auto now = moment();
    std::memcpy(payload.data(), &now, sizeof now);
}

inline std::int64_t moment_of(const void* payload)
{
    std::int64_t made = 0;
    std::memcpy(&made, payload, sizeof made);
    return made;
}

}  // namespace gonghui::bench
