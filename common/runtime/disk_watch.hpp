#pragma once
// Tells before a disk is full: a full one stops the partition (FAULTS). Belongs to one thread.

#include "common/time/clock.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace gonghui::runtime {

class DiskWatch {
public:
    // `folder` exists; `least_free` in bytes, 0 for none.
    DiskWatch(std::filesystem::path folder, std::uintmax_t least_free)
        : folder_(std::move(folder)), least_free_(least_free)
    {
    }

    // The bytes that are left, when a person should be told: as soon as they fall below the least, and every hour while
    // they stay there. Looks at most every ten seconds.
    std::optional<std::uintmax_t> look(UtcTime now);

private:
    std::filesystem::path folder_;
    std::uintmax_t least_free_;
    UtcTime next_look_;
    UtcTime next_word_;
};

}  // namespace gonghui::runtime
