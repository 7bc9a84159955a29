#include "common/messaging/forks.hpp"

#include "common/messaging/follower.hpp"

#include <gtest/gtest.h>

namespace gonghui::messaging {
namespace {

// A log of `records` events, in memory.
class ForksTest : public testing::Test {
protected:
    ForksTest()
    {
        sqlite::migrate(database_, "event_log", event_log_migrations());
        sqlite::migrate(database_, "forks", forks_migrations());
    }

    Position append(const std::string& text)
    {
        log_.emplace(database_);
        return log_->append(as_bytes(text), from_microseconds(1));
    }

    sqlite::Database database_{":memory:"};
    std::optional<EventLog> log_;
};

TEST_F(ForksTest, PlacesACursorThatItContains)
{
    const auto cursor = append("one");
    append("two");
    const auto answer = place_follower(*log_, database_, cursor, 0);
    EXPECT_TRUE(answer.fits);
    EXPECT_EQ(answer.epoch, 1);
    EXPECT_EQ(answer.kept, 2);
}

TEST_F(ForksTest, TellsTheForkOfTheFirstEpochThatTheFollowerMissed)
{
    for (const auto* text : {"one", "two", "three"}) append(text);
    log_->begin_epoch(2, 3);
    append("four");
    log_->begin_epoch(3, 1);
    const auto first = place_follower(*log_, database_, Position{1, 9, {}}, 0);
    EXPECT_FALSE(first.fits);
    EXPECT_EQ(first.kept, 1) << "a later epoch may have gone back further";
    EXPECT_EQ(first.epoch, 3);
    EXPECT_EQ(database_.value<int>("SELECT count(*) FROM epochs"), 3);
}

TEST_F(ForksTest, BeginsAnEpochWhenNoneExplainsTheDifference)
{
    for (const auto* text : {"one", "two", "three"}) append(text);
    const auto answer = place_follower(*log_, database_, Position{1, 9, {}}, 2);
    EXPECT_FALSE(answer.fits);
    EXPECT_EQ(answer.epoch, 2);
    EXPECT_EQ(answer.kept, 2);
    const auto again = place_follower(*log_, database_, Position{1, 9, {}}, 2);
    EXPECT_EQ(again.epoch, 2) << "the second to ask learns of the same epoch";
    EXPECT_EQ(again.kept, 2);
}

TEST_F(ForksTest, NeverSaysThatMoreIsKeptThanTheFollowerHas)
{
    for (const auto* text : {"one", "two", "three"}) append(text);
    EXPECT_EQ(place_follower(*log_, database_, Position{1, 2, {}}, 3).kept, 2);
}

EventHeader header_of(std::int64_t epoch, std::int64_t seq)
{
    EventHeader header;
    header.epoch = epoch;
    header.seq = seq;
    return header;
}

TEST(AFollower, AppliesNoHintOfAnotherEpoch)
{
    Follower follower("331083/counter/0", Position{2, 7, {}});
    EXPECT_EQ(follower.judge(header_of(3, 8), Via::bus), Verdict::later);
    EXPECT_TRUE(follower.wants_answer({}));
    EXPECT_EQ(follower.judge(header_of(1, 8), Via::bus), Verdict::duplicate);
    EXPECT_EQ(follower.judge(header_of(2, 8), Via::bus), Verdict::apply);
}

TEST(AFollower, ForgetsAHeadThatItsOwnerHasLost)
{
    Follower follower("331083/counter/0", Position{});
    follower.on_beacon({1, 50, {}});
    EXPECT_EQ(follower.known_head(), 50);
    const Page page{0, Chain{}, {}, {2, 0, {}}};
    EXPECT_TRUE(follower.fits(page));
    follower.on_page_head(page.head);
    EXPECT_TRUE(follower.level());
    EXPECT_EQ(follower.cursor().epoch, 2);
}

TEST(AFollower, LooksInsideAPageThatEventsHaveOvertaken)
{
    const auto text = as_bytes("one");
    Follower follower("331083/counter/0", Position{});
    follower.applied(header_of(1, 1), text);
    const Position head{1, 2, {}};
    EXPECT_TRUE(follower.fits({0, Chain{}, {text, as_bytes("two")}, head}));
    EXPECT_FALSE(follower.fits({0, Chain{}, {as_bytes("other"), as_bytes("two")}, head}));
    EXPECT_TRUE(follower.diverged());
}

TEST(AFollower, AsksAgainWhenTheGoalOfItsRebuildIsGone)
{
    Follower follower("331083/counter/0", Position{1, 9, {}});
    follower.rebuild(2, 6);
    EXPECT_TRUE(follower.rebuilding());
    follower.on_page_head({3, 20, {}});
    EXPECT_TRUE(follower.diverged());
    follower.go_on(3, 4);
    EXPECT_EQ(follower.evolved_until(), 4);
    EXPECT_FALSE(follower.diverged());
}

}  // namespace
}  // namespace gonghui::messaging
