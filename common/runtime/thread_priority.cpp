#include "common/runtime/thread_priority.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace gonghui::runtime {

namespace {

// A tenth of the share of a thread that somebody waits for. With 5 steps (a third) an import on 2 cores gains half as
// much; with 19 a follower could come to a stand.
constexpr int steps_back = 10;
constexpr int last = 19;

id_t this_thread()
{
    return static_cast<id_t>(::syscall(SYS_gettid));
}

// Linux counts niceness per thread, where POSIX would have it per process.
bool set_nice(int nice)
{
    return ::setpriority(PRIO_PROCESS, this_thread(), nice) == 0;
}

// Tried on a thread that ends, as one that may not step up again would stay where it is.
bool may_come_back_to(int nice)
{
    bool came_back = false;
    std::thread([&] { came_back = set_nice(std::min(nice + 1, last)) && set_nice(nice); }).join();
    return came_back;
}

}  // namespace

ThreadPriority::ThreadPriority()
    : first_(::getpriority(PRIO_PROCESS, this_thread())), is_free_(may_come_back_to(first_))
{
}

void ThreadPriority::set(messaging::Urgency urgency)
{
    if (!is_free_ || urgency == urgency_) return;
    if (set_nice(urgency == messaging::Urgency::background ? std::min(first_ + steps_back, last) : first_))
        urgency_ = urgency;
}

}  // namespace gonghui::runtime
