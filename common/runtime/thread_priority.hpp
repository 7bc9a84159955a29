#pragma once
// How a thread stands against others when there are more of them than cores.

#include "common/messaging/urgency.hpp"

namespace gonghui::runtime {

// Of the thread that makes it and calls it. The kernel lets a thread step back at any time, but step up again only with
// CAP_SYS_NICE or a "nice" limit (RLIMIT_NICE, LimitNICE= of systemd) that allows its first place; where it may not, it
// never steps back.
class ThreadPriority {
public:
    ThreadPriority();
    void set(messaging::Urgency urgency);
    [[nodiscard]] bool is_free() const { return is_free_; }  // to step back and up again

private:
    int first_;
    bool is_free_;
    messaging::Urgency urgency_ = messaging::Urgency::normal;
};

}  // namespace gonghui::runtime
