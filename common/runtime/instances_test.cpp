#include "common/runtime/instances.hpp"

#include "common/process/exit_codes.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace gonghui::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

TEST(FairShare, DealsOutEveryPartitionAndNobodyHasTwoMoreThanAnother)
{
    for (int partitions = 1; partitions <= 64; ++partitions)
        for (int living = 1; living <= 10; ++living) {
            int dealt = 0;
            for (int place = 0; place < living; ++place) {
                const auto share = fair_share(partitions, living, place);
                EXPECT_GE(share, partitions / living);
                EXPECT_LE(share, partitions / living + 1);
                dealt += share;
            }
            EXPECT_EQ(dealt, partitions) << "for " << living;
        }
}

class InstancesTest : public testing::Test {
protected:
    [[nodiscard]] Instances instance(std::string name) { return {folder.path(), "training", std::move(name)}; }

    test::TemporaryFolder folder;
};

TEST_F(InstancesTest, CountWhoLivesAndKnowTheirPlace)
{
    auto second = instance("training-1");
    EXPECT_EQ(second.look(steady_clock::now()).living, 1);
    auto first = instance("training-0");
    EXPECT_EQ(first.look(steady_clock::now()).living, 2);
    EXPECT_EQ(first.look(steady_clock::now()).place, 0);
    EXPECT_EQ(second.look(steady_clock::now()).place, 1);
    first.leave();
    EXPECT_EQ(second.look(steady_clock::now()).living, 1);
    EXPECT_EQ(second.look(steady_clock::now()).place, 0);
}

TEST_F(InstancesTest, OfAnotherServiceAreNotCounted)
{
    auto training = instance("training-0");
    const Instances other(folder.path(), "notifications", "notifications-0");
    EXPECT_EQ(training.look(steady_clock::now()).living, 1);
}

TEST_F(InstancesTest, OfOneNameThereIsOne)
{
    const auto first = instance("training-0");
    try {
        const auto again = instance("training-0");
        ADD_FAILURE() << "two of one name";
    } catch (const process::Failure& failure) {
        EXPECT_EQ(failure.code(), process::Exit::unavailable);
        EXPECT_THAT(failure.what(), HasSubstr("training-0 of this service runs already"));
    }
}

// A process that is an instance until it is ended, and looks as often as it has to.
class Other {
public:
    explicit Other(const std::filesystem::path& folder) : pid_(::fork())
    {
        if (pid_ != 0) return;
        Instances own(folder, "training", "training-1");
        while (true) {
            own.look(steady_clock::now());
            std::this_thread::sleep_for(milliseconds(20));
        }
    }
    ~Other()
    {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    Other(const Other&) = delete;
    Other& operator=(const Other&) = delete;

    void signal(int number) const { ::kill(pid_, number); }
    // By which signal it has ended, within the patience of a test; 0: it has not.
    [[nodiscard]] int ended_by(milliseconds within) const
    {
        for (const auto until = steady_clock::now() + within; steady_clock::now() < until;) {
            siginfo_t how{};
            if (::waitid(P_PID, static_cast<id_t>(pid_), &how, WEXITED | WNOHANG | WNOWAIT) == 0 && how.si_pid == pid_)
                return how.si_status;
            std::this_thread::sleep_for(milliseconds(10));
        }
        return 0;
    }

private:
    pid_t pid_;
};

// Looks until so many live.
bool come_to(Instances& instances, int living, milliseconds within)
{
    for (const auto until = steady_clock::now() + within; steady_clock::now() < until;) {
        if (instances.look(steady_clock::now()).living == living) return true;
        std::this_thread::sleep_for(milliseconds(20));
    }
    return false;
}

TEST_F(InstancesTest, WhoIsKilledIsGoneAtOnce)
{
    auto own = instance("training-0");
    const Other other(folder.path());
    ASSERT_TRUE(come_to(own, 2, milliseconds(10'000)));
    other.signal(SIGKILL);
    EXPECT_TRUE(come_to(own, 1, milliseconds(10'000)));
}

TEST_F(InstancesTest, WhoStandsStillIsEndedAndWhoWakesIsNot)
{
    auto own = instance("training-0");
    const Other other(folder.path());
    ASSERT_TRUE(come_to(own, 2, milliseconds(10'000)));
    EXPECT_FALSE(come_to(own, 1, stands_still + milliseconds(500)));
    other.signal(SIGSTOP);
    EXPECT_TRUE(come_to(own, 1, stands_still + milliseconds(10'000)));
    EXPECT_EQ(other.ended_by(milliseconds(10'000)), SIGKILL);
}

TEST_F(InstancesTest, WhoHasBeenAsleepItselfDoesNotBlameOthers)
{
    auto own = instance("training-0");
    const Other other(folder.path());
    ASSERT_TRUE(come_to(own, 2, milliseconds(10'000)));
    other.signal(SIGSTOP);
    auto now = steady_clock::now();
    for (int hour = 0; hour < 5; ++hour) own.look(now += std::chrono::hours(1));
    EXPECT_EQ(other.ended_by(milliseconds(50)), 0);
    other.signal(SIGCONT);
}

}  // namespace
}  // namespace gonghui::runtime
