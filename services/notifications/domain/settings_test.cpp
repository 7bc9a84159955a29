#include "services/notifications/domain/settings.hpp"

#include <gtest/gtest.h>

namespace gonghui::notifications {
namespace {

const PersonId person(Uuid::parse("00000000-0000-4000-8000-000000000001").value());
const UtcTime now = parse_time("2026-03-01T12:00:00+08:00").value();

Actor worker()
{
    return {Role::worker, person.uuid, {}, "edge"};
}

Actor operators_command()
{
    return {Role::service, {}, {}, "ctl"};
}

TEST(SetPreference, RecordsAChangeAndOnlyAChange)
{
    SetPreference command;
    command.person_id = person;
    command.topic = Topic::training;
    command.channel = Channel::email;
    command.wanted = false;
    const auto events = set_preference({.standing = {true, false}, .wanted = true}, command, worker(), now);
    ASSERT_TRUE(events);
    EXPECT_EQ(std::get<PreferenceSet>(events->at(0)),
              (PreferenceSet{person, Topic::training, Channel::email, false, now}));
    EXPECT_TRUE(set_preference({.standing = {true, false}, .wanted = false}, command, worker(), now)->empty());
}

TEST(SetQuietHours, AreTheDistrictsAlone)
{
    SetQuietHours command;
    command.begins_minute = 1320;
    command.ends_minute = 420;
    command.utc_offset_minutes = 480;
    const QuietHoursFacts of_a_union{.standing = {true, true}, .is_district = false, .now = {}};
    EXPECT_EQ(set_quiet_hours(of_a_union, command, operators_command(), now).error().code, refusal::not_a_district);

    const QuietHoursFacts of_the_district{.standing = {true, true}, .is_district = true, .now = {}};
    const auto events = set_quiet_hours(of_the_district, command, operators_command(), now);
    EXPECT_EQ(std::get<QuietHoursSet>(events->at(0)).begins_minute, 1320);
}

TEST(SetQuietHours, RecordsNothingWhenTheyAreSoAlready)
{
    SetQuietHours command;
    command.begins_minute = QuietHours{}.begins_minute;
    command.ends_minute = QuietHours{}.ends_minute;
    command.utc_offset_minutes = QuietHours{}.utc_offset_minutes;
    const QuietHoursFacts facts{.standing = {true, true}, .is_district = true, .now = {}};
    EXPECT_TRUE(set_quiet_hours(facts, command, operators_command(), now)->empty());
}

TEST(MarkRead, RecordsTheFirstTimeOnly)
{
    MarkRead command;
    command.person_id = person;
    EXPECT_EQ(mark_read({{true, false}, Reading::unread}, command, worker(), now)->size(), 1U);
    EXPECT_TRUE(mark_read({{true, false}, Reading::read}, command, worker(), now)->empty());
    EXPECT_EQ(mark_read({{true, false}, Reading::no_such_message}, command, worker(), now).error().code,
              refusal::unknown_message);
}

}  // namespace
}  // namespace gonghui::notifications
