#include "common/runtime/thread_priority.hpp"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

using gonghui::messaging::Urgency;
using gonghui::runtime::ThreadPriority;

namespace {

int nice_now()
{
    return ::getpriority(PRIO_PROCESS, 0);  // 0: of the thread that asks
}

// Of the thread that asks; the others keep theirs.
bool drop_capabilities()
{
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
    return ::syscall(SYS_capset, &header, none.data()) == 0;
}

template <class Work>
void on_a_thread(Work work)
{
    std::thread(work).join();
}

}  // namespace

TEST(ThreadPriority, StepsBackOnlyWhereItMayComeBack)
{
    on_a_thread([] {
        const int first = nice_now();
        ThreadPriority priority;
        EXPECT_EQ(nice_now(), first);
        priority.set(Urgency::background);
        EXPECT_EQ(nice_now(), priority.is_free() ? std::min(first + 10, 19) : first);
        priority.set(Urgency::normal);
        EXPECT_EQ(nice_now(), first);
    });
}

TEST(ThreadPriority, NeedsNoMoreThanALimitThatAllowsItsFirstPlace)
{
    const int first = nice_now();
    const auto raw = static_cast<rlim_t>(20 - first);  // as setrlimit counts niceness
    const rlimit limit{.rlim_cur = raw, .rlim_max = raw};
    if (::setrlimit(RLIMIT_NICE, &limit) != 0) GTEST_SKIP() << "who runs this may not raise the limit";
    on_a_thread([first] {
        ASSERT_TRUE(drop_capabilities());
        ThreadPriority priority;
        EXPECT_TRUE(priority.is_free());
        priority.set(Urgency::background);
        EXPECT_EQ(nice_now(), std::min(first + 10, 19));
        priority.set(Urgency::normal);
        EXPECT_EQ(nice_now(), first);
    });
}

TEST(ThreadPriority, NeverMovesWithoutTheRight)
{
    on_a_thread([] {
        rlimit limit{};
        ASSERT_EQ(::getrlimit(RLIMIT_NICE, &limit), 0);
        limit.rlim_cur = 0;
        ASSERT_EQ(::setrlimit(RLIMIT_NICE, &limit), 0);
        ASSERT_TRUE(drop_capabilities());
        const int first = nice_now();
        ThreadPriority priority;
        EXPECT_FALSE(priority.is_free());
        priority.set(Urgency::background);
        EXPECT_EQ(nice_now(), first);
    });
}
