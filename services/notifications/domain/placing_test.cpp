#include "services/notifications/domain/placing.hpp"

#include <gtest/gtest.h>

namespace gonghui::notifications {
namespace {

const MessageId message(Uuid::parse("00000000-0000-4000-8000-0000000000aa").value());
const UtcTime noon = parse_time("2026-03-01T12:00:00+08:00").value();
const UtcTime night = parse_time("2026-03-01T23:00:00+08:00").value();
const UtcTime morning = parse_time("2026-03-02T08:00:00+08:00").value();

Notice ordinary()
{
    return {PersonId(Uuid::parse("00000000-0000-4000-8000-000000000001").value()),
            "training_offer_lapsed",
            {{"course.en", "Tea"}, {"course.zh-CN", "茶艺"}}};
}

Notice critical()
{
    return {ordinary().person_id, "membership_ended", {{"reason", "ended.resigned"}}};
}

TEST(Place, PutsAMessageIntoTheInbox)
{
    const auto events = place(ordinary(), {}, {}, message, noon);
    ASSERT_EQ(events.size(), 1U);
    const auto& placed = std::get<MessagePlaced>(events.front());
    EXPECT_EQ(placed.message_id, message);
    EXPECT_EQ(placed.person_id, ordinary().person_id);
    EXPECT_EQ(placed.template_, "training_offer_lapsed");
    EXPECT_EQ(placed.topic, Topic::training);
    EXPECT_EQ(placed.parameters, ordinary().parameters);
    EXPECT_FALSE(placed.critical);
    EXPECT_TRUE(placed.inbox);
    EXPECT_EQ(placed.at, noon);
}

TEST(Place, QueuesAnEmailForWhoHasAnAddress)
{
    const auto events = place(ordinary(), {.has_email = true}, {}, message, noon);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(std::get<EmailQueued>(events.back()).due, noon);
}

TEST(Place, LetsAnEmailWaitForTheMorning)
{
    const auto events = place(ordinary(), {.has_email = true}, {}, message, night);
    EXPECT_EQ(std::get<EmailQueued>(events.back()).due, morning);
}

TEST(Place, SendsACriticalEmailAtNight)
{
    const auto events = place(critical(), {.has_email = true}, {}, message, night);
    EXPECT_EQ(std::get<EmailQueued>(events.back()).due, night);
}

TEST(Place, FollowsThePreferences)
{
    EXPECT_TRUE(
        place(ordinary(), {.has_email = true, .wants_inapp = false, .wants_email = false}, {}, message, noon).empty());
    EXPECT_TRUE(place(ordinary(), {.has_email = false, .wants_inapp = false}, {}, message, noon).empty());

    const auto inapp_alone = place(ordinary(), {.has_email = true, .wants_email = false}, {}, message, noon);
    ASSERT_EQ(inapp_alone.size(), 1U);
    EXPECT_TRUE(std::get<MessagePlaced>(inapp_alone.front()).inbox);

    const auto email_alone = place(ordinary(), {.has_email = true, .wants_inapp = false}, {}, message, noon);
    ASSERT_EQ(email_alone.size(), 2U);
    EXPECT_FALSE(std::get<MessagePlaced>(email_alone.front()).inbox);
}

TEST(Place, PassesOverPreferencesWhenItIsCritical)
{
    const auto events =
        place(critical(), {.has_email = true, .wants_inapp = false, .wants_email = false}, {}, message, noon);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_TRUE(std::get<MessagePlaced>(events.front()).inbox);
    EXPECT_TRUE(std::get<MessagePlaced>(events.front()).critical);
}

}  // namespace
}  // namespace gonghui::notifications
