#pragma once
// When a program that ended is started again.

#include "common/time/clock.hpp"

#include <cstdint>
#include <optional>

namespace gonghui::ctl {

struct RestartSettings {
    Duration first = std::chrono::milliseconds(200);
    Duration longest = std::chrono::seconds(10);
    Duration steady = std::chrono::seconds(30);  // who ran so long begins with `first` again
};

// Of one program: the wait doubles from one early end to the next.
class Restarts {
public:
    explicit Restarts(const RestartSettings& settings = {}) : settings_(settings), wait_(settings.first) {}

    void on_start(UtcTime now) { started_ = now; }
    // How long to wait before the next start.
    Duration on_end(UtcTime now);
    [[nodiscard]] std::int64_t count() const { return count_; }

private:
    RestartSettings settings_;
    Duration wait_;
    UtcTime started_{};
    std::int64_t count_ = 0;
};

// Whether an exit code tells that starting again cannot help: the command line, the configuration, a key, a folder or
// the store itself must be mended first (common/process/exit_codes.hpp).
bool needs_mending(int exit_code);

}  // namespace gonghui::ctl
