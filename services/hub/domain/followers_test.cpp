#include "services/hub/domain/followers.hpp"

#include <gtest/gtest.h>

namespace gonghui::hub {
namespace {

class FollowersTest : public testing::Test {
protected:
    FollowersTest() : rights_("331083", {grant({"registration"})}), followers_(rights_) {}

    static Grant grant(std::vector<std::string> follow)
    {
        Grant grant;
        grant.public_key = "T";
        grant.service = "training";
        grant.follow = std::move(follow);
        return grant;
    }

    Rights rights_;
    Followers followers_;
    UtcTime now_ = from_microseconds(1'000'000);
};

TEST_F(FollowersTest, WantWhatTheyFollow)
{
    ASSERT_TRUE(followers_.on_follow("a", rights_.of("T"), "331083.registration.", now_));
    ASSERT_EQ(followers_.all().size(), 1U);
    EXPECT_TRUE(followers_.all().front().wants("331083.registration.member_left"));
    EXPECT_FALSE(followers_.all().front().wants("331083.training.seat_taken"));
}

TEST_F(FollowersTest, AreCountedOnceHoweverOftenTheySaySo)
{
    for (int i = 0; i < 3; ++i) followers_.on_follow("a", rights_.of("T"), "331083.registration.", now_);
    followers_.on_follow("b", rights_.of("T"), "331083.registration.", now_);
    ASSERT_EQ(followers_.all().size(), 2U);
    EXPECT_EQ(followers_.all().front().prefixes.size(), 1U);
}

TEST_F(FollowersTest, AreRefusedWithoutTheRightAndCounted)
{
    EXPECT_FALSE(followers_.on_follow("a", rights_.of("T"), "331083.training.", now_));
    EXPECT_TRUE(followers_.all().empty());
    EXPECT_EQ(rights_.of("T").counters.refused_follow, 1);
}

TEST_F(FollowersTest, LoseWhatIsTakenFromThem)
{
    followers_.on_follow("a", rights_.of("T"), "331083.registration.", now_);
    rights_.replace({grant({"training"})});
    followers_.on_rights_changed();
    EXPECT_TRUE(followers_.all().empty());
}

TEST_F(FollowersTest, AreForgottenAfterAMinuteOfSilence)
{
    followers_.on_follow("a", rights_.of("T"), "331083.registration.", now_);
    followers_.on_follow("b", rights_.of("T"), "331083.registration.", now_ + std::chrono::seconds(59));
    followers_.on_tick(now_ + std::chrono::seconds(61));
    ASSERT_EQ(followers_.all().size(), 1U);
    EXPECT_EQ(followers_.all().front().route, "b");
    followers_.on_gone("b");
    EXPECT_TRUE(followers_.all().empty());
}

}  // namespace
}  // namespace gonghui::hub
