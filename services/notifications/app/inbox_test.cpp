// From another service's event to what a person reads.

#include "services/notifications/app/notifications_under_test.hpp"

#include <gmock/gmock.h>

#include <map>

namespace gonghui::notifications {
namespace {

using messaging::Outcome;
using testing::HasSubstr;

class AnInbox : public testing::Test {
protected:
    AnInbox()
    {
        notifications.found_the_tree();
        notifications.open_a_class();
    }

    NotificationsUnderTest notifications;
    PersonId ann = test_id<PersonId>(11);
    PersonId bao = test_id<PersonId>(12);
};

TEST_F(AnInbox, ShowsAMessageInTheAskedLanguage)
{
    notifications.take_seat(ann);
    const auto chinese = notifications.inbox_of(ann);
    ASSERT_EQ(chinese.size(), 1U);
    EXPECT_EQ(chinese[0].title, "报名成功：茶艺");
    EXPECT_THAT(chinese[0].body, HasSubstr("2026-03-05 19:00"));
    EXPECT_THAT(chinese[0].body, HasSubstr("工人文化宫"));
    EXPECT_EQ(notifications.inbox_of(ann, Language::en).at(0).title, "You are in: Tea");
    EXPECT_TRUE(notifications.inbox_of(bao).empty());
}

TEST_F(AnInbox, ShowsWhatWasAnnouncedToWhoeverWasAddressed)
{
    registration::Announced announced{};
    announced.announcement_id = test_id<AnnouncementId>(90);
    announced.organisation_id = notifications.home_union;
    announced.title_zh = "周六停电";
    announced.title_en = "Power cut";
    announced.text_zh = "周六 8:00 至 12:00 停电。{{union}}";
    announced.text_en = "On Saturday.";
    notifications.hear(announced);
    notifications.hear(registration::AnnouncementAddressed{announced.announcement_id, {ann, bao}, true, {}});
    notifications.hear_again();
    const auto inbox = notifications.inbox_of(ann);
    ASSERT_EQ(inbox.size(), 1U);
    EXPECT_EQ(inbox[0].title, "周六停电");
    EXPECT_EQ(inbox[0].body, "周六 8:00 至 12:00 停电。{{union}}\n\n—— 示例街道快递员联合工会");
    EXPECT_EQ(notifications.inbox_of(bao, Language::en).at(0).title, "Power cut");
    EXPECT_NE(notifications.inbox_of(bao).at(0).message_id, inbox[0].message_id);
    EXPECT_TRUE(notifications.inbox_of(test_id<PersonId>(13)).empty());
}

TEST_F(AnInbox, ShowsAMessageOnceHoweverOftenItsEventComes)
{
    notifications.take_seat(ann);
    notifications.hear_again();
    EXPECT_EQ(notifications.inbox_of(ann).size(), 1U);
}

TEST_F(AnInbox, CountsWhatIsUnreadAndRemembersWhatWasRead)
{
    notifications.take_seat(ann);
    const auto message = notifications.inbox_of(ann).at(0).message_id;
    EXPECT_EQ(notifications.answer(UnreadCount{ann}, worker(ann)).unread, 1);
    EXPECT_EQ(notifications.ask(MarkRead{ann, message}, worker(ann)).outcome, Outcome::accepted);
    EXPECT_EQ(notifications.ask(MarkRead{ann, message}, worker(ann)).outcome, Outcome::accepted);
    EXPECT_EQ(notifications.answer(UnreadCount{ann}, worker(ann)).unread, 0);
    EXPECT_EQ(notifications.inbox_of(ann).at(0).read_at, NotificationsUnderTest::noon);
    EXPECT_EQ(notifications.ask(MarkRead{bao, message}, worker(bao)).code, refusal::unknown_message);
}

TEST_F(AnInbox, ComesInPagesNewestFirst)
{
    for (int i = 0; i < 5; ++i) {
        notifications.take_seat(ann);
        if (i != 2) notifications.pass(std::chrono::minutes(1));
    }
    Inbox query;
    query.person_id = ann;
    query.limit = 2;
    std::vector<MessageId> seen;
    UtcTime last = UtcTime::max();
    for (int page = 0; page < 3; ++page) {
        const auto answer = notifications.answer(query, worker(ann));
        EXPECT_EQ(answer.more, page < 2);
        for (const auto& message : answer.messages) {
            EXPECT_LE(message.at, last);
            last = message.at;
            EXPECT_THAT(seen, testing::Not(testing::Contains(message.message_id)));
            seen.push_back(message.message_id);
        }
        query.before = seen.back();
    }
    EXPECT_EQ(seen.size(), 5U);
}

TEST_F(AnInbox, FollowsThePersonsPreferencesUnlessTheMessageIsCritical)
{
    EXPECT_EQ(notifications.ask(SetPreference{ann, Topic::training, Channel::inapp, false}, worker(ann)).outcome,
              Outcome::accepted);
    notifications.take_seat(ann);
    EXPECT_TRUE(notifications.inbox_of(ann).empty());

    training::SeatOffered offered;
    offered.class_id = notifications.class_id;
    offered.person_id = ann;
    offered.expires_at = notifications.clock.now() + std::chrono::hours(24);
    notifications.hear(offered);
    EXPECT_EQ(notifications.inbox_of(ann).size(), 1U);

    const auto preferences = notifications.answer(Preferences{ann}, worker(ann));
    EXPECT_EQ(preferences.preferences.size(), 6U);
    EXPECT_THAT(preferences.preferences, testing::Contains(PreferenceRow{Topic::training, Channel::inapp, false}));
    EXPECT_EQ(preferences.quiet_begins_minute, 21 * 60);
}

TEST_F(AnInbox, IsNotFilledByARoster)
{
    notifications.join(ann, "");
    EXPECT_TRUE(notifications.inbox_of(ann).empty());
    EXPECT_EQ(notifications.database.value<int>("SELECT count(*) FROM contacts"), 0);
}

TEST_F(AnInbox, WelcomesWhoApplied)
{
    registration::MemberJoined joined;
    joined.person_id = ann;
    joined.organisation_id = notifications.home_union;
    joined.birth_year = 1990;
    joined.application_id = test_id<ApplicationId>(90);
    notifications.hear(joined);
    EXPECT_THAT(notifications.inbox_of(ann).at(0).body, HasSubstr("示例街道快递员联合工会"));
}

TEST_F(AnInbox, TellsOfAnEvening)
{
    matchmaking::EveningPlanned planned;
    planned.evening_id = test_id<EveningId>(60);
    planned.title_zh = "桌游之夜";
    planned.title_en = "Board games";
    planned.venue = "二楼";
    planned.capacity_male = 24;
    planned.capacity_female = 24;
    planned.starts_at = NotificationsUnderTest::noon;
    notifications.hear(planned);
    matchmaking::SignUpWaitlisted waiting;
    waiting.evening_id = planned.evening_id;
    waiting.person_id = ann;
    waiting.rank = 3;
    notifications.hear(waiting);
    EXPECT_THAT(notifications.inbox_of(ann, Language::en).at(0).body, HasSubstr("number 3"));
}

TEST_F(AnInbox, WaitsForTheNameOfACourseThatIsStillOnItsWay)
{
    training::ClassOpened opened;
    opened.class_id = test_id<ClassId>(72);
    opened.course_id = test_id<CourseId>(73);
    opened.venue = "二楼";
    opened.capacity = 30;
    notifications.hear(opened);
    training::SeatTaken taken;
    taken.class_id = opened.class_id;
    taken.person_id = ann;
    notifications.hear(taken);
    EXPECT_TRUE(notifications.inbox_of(ann).empty());

    training::CourseAdded course;
    course.course_id = opened.course_id;
    course.title_zh = "唱歌";
    course.title_en = "Singing";
    notifications.hear(course);
    notifications.pass(std::chrono::seconds(2));
    EXPECT_EQ(notifications.inbox_of(ann).at(0).title, "报名成功：唱歌");
}

TEST_F(AnInbox, PreviewsEveryTemplateForOfficers)
{
    for (const auto& kind : message_kinds()) {
        TemplatePreview query;
        query.template_ = kind.name;
        EXPECT_FALSE(notifications.answer(query, operators_command()).title.empty());
    }
    TemplatePreview query;
    query.template_ = "nonsense";
    EXPECT_EQ(notifications.ask(query, operators_command()).code, refusal::unknown_template);
}

TEST(APartitionOfInboxes, TellsItsOwnPeopleAlone)
{
    constexpr int partitions = 4;
    std::map<int, int> told;
    for (int partition = 0; partition < partitions; ++partition) {
        const messaging::Share share{partition, partitions};
        NotificationsUnderTest notifications(NotificationsUnderTest::MailServer::none, share);
        notifications.found_the_tree();
        notifications.open_a_class();
        for (std::uint8_t number = 1; number <= 20; ++number) {
            const auto person = test_id<PersonId>(number);
            notifications.take_seat(person);
            const auto has = notifications.inbox_of(person).size();
            EXPECT_EQ(has, share.has(person.uuid) ? 1U : 0U);
            told[partition] += static_cast<int>(has);
        }
        notifications.hear(registration::PersonErased{test_id<PersonId>(1), NotificationsUnderTest::noon});
        EXPECT_TRUE(notifications.inbox_of(test_id<PersonId>(1)).empty());
    }
    EXPECT_EQ(told[messaging::catalogue], 0);
    EXPECT_EQ(told[1] + told[2] + told[3], 20);
}

}  // namespace
}  // namespace gonghui::notifications
