#pragma once
// The port through which an operator has a copy of the store made while it goes on. The runtime makes it: files,
// threads and places are its own.

#include "common/time/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace gonghui::messaging {

class Backup {
public:
    struct State {
        bool under_way = false;
        std::int64_t pages_left = 0;
        std::string file;   // of the last one that was begun
        std::string error;  // why that one failed; empty: it did not
        std::optional<UtcTime> newest_at;
    };

    virtual ~Backup() = default;
    // Begins a copy, and keeps the newest `keep` when it is sound (0: all). False when one is under way.
    virtual bool begin(std::int64_t keep) = 0;
    // Keys were destroyed in the keyring: destroys them in its copies. Must not throw; what fails now is done when the
    // store is opened again.
    virtual void destroy_keys() = 0;
    [[nodiscard]] virtual State state() const = 0;
};

}  // namespace gonghui::messaging
