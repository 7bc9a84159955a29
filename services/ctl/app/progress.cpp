#include "services/ctl/app/progress.hpp"

#include "services/ctl/domain/table.hpp"

#include <unistd.h>

#include <iostream>

namespace gonghui::ctl {

Progress::Progress(std::string what, std::int64_t total)
    : what_(std::move(what)), total_(total), is_terminal_(isatty(STDERR_FILENO) != 0)
{
}

// The line is wiped: what stands below tells how it ended.
Progress::~Progress()
{
    if (is_shown_) std::cerr << "\r\x1b[K" << std::flush;
}

void Progress::show(std::int64_t done)
{
    constexpr std::chrono::milliseconds between{100};
    constexpr std::size_t width = 40;
    const auto now = std::chrono::steady_clock::now();
    if (!is_terminal_ || now < next_) return;
    next_ = now + between;
    is_shown_ = true;
    std::cerr << '\r' << what_ << ' ' << progress_bar(done, total_, width) << "\x1b[K" << std::flush;
}

}  // namespace gonghui::ctl
