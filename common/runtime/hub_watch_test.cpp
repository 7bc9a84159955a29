#include "common/runtime/hub_watch.hpp"

#include <gtest/gtest.h>

namespace gonghui::runtime {
namespace {

using std::chrono::seconds;
using zeromq::Link;

struct HubWatchTest : testing::Test {
    HubWatch watch;
    const UtcTime now = from_microseconds(1'767'268'800'000'000);
};

TEST_F(HubWatchTest, SaysOnceThatItIsConnected)
{
    EXPECT_EQ(watch.look(Link::connecting, now), std::nullopt);
    EXPECT_EQ(watch.look(Link::up, now + seconds(1)), HubNews::connected);
    EXPECT_EQ(watch.look(Link::up, now + seconds(2)), std::nullopt);
}

TEST_F(HubWatchTest, IsPatientWithAHubThatStartsAgain)
{
    watch.look(Link::up, now);
    EXPECT_EQ(watch.look(Link::connecting, now + seconds(1)), std::nullopt);
    EXPECT_EQ(watch.look(Link::up, now + seconds(3)), std::nullopt);
    EXPECT_EQ(watch.look(Link::connecting, now + seconds(10)), std::nullopt);
    EXPECT_EQ(watch.look(Link::connecting, now + seconds(12)), std::nullopt) << "it is away since 10, not since 1";
    EXPECT_EQ(watch.look(Link::connecting, now + seconds(13)), HubNews::unreachable);
    EXPECT_EQ(watch.look(Link::connecting, now + seconds(60)), std::nullopt);
    EXPECT_EQ(watch.look(Link::up, now + seconds(61)), HubNews::connected);
}

TEST_F(HubWatchTest, SaysAtOnceThatTheKeyIsRefused)
{
    EXPECT_EQ(watch.look(Link::refused, now), HubNews::key_refused);
    EXPECT_EQ(watch.look(Link::connecting, now + seconds(1)), std::nullopt);
    EXPECT_EQ(watch.look(Link::refused, now + seconds(2)), std::nullopt) << "it is tried again now and then";
}

}  // namespace
}  // namespace gonghui::runtime
