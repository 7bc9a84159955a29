// The copy of everything that notifications holds about a person.

#include "services/notifications/app/notifications_under_test.hpp"
#include "tests/support/accounted_columns.hpp"

#include <gtest/gtest.h>

namespace gonghui::notifications {
namespace {

TEST(HeldAbout, EveryColumnIsShownOrKeptBackForAReason)
{
    sqlite::Database database(":memory:");
    migrate(database);
    const std::string nobody = "no person in it";
    test::expect_every_column_accounted(
        database, {{"messages", "person_id message_id template topic parameters critical inbox at read_at",
                    "number earlier", "where it stands"},
                   {"inboxes", "person_id", "newest unread", "follows from the messages"},
                   {"mails", "message_id person_id state attempts reason server_code due changed_at", "number",
                    "where its message stands"},
                   {"preferences", "person_id topic channel wanted", "", ""},
                   {"contacts", "person_id language", "email",
                    "opened for the mailer alone; registration, whose it is, shows it"},
                   {"places_roles", "", "person role place", "registration's roles, which it shows itself"},
                   {"quiet_hours", "", "one begins_minute ends_minute utc_offset_minutes", "the district's"},
                   {"announcements", "", "announcement_id organisation_id title_zh title_en text_zh text_en", nobody},
                   {"organisations", "", "organisation_id kind name", nobody},
                   {"courses", "", "course_id title_zh title_en", nobody},
                   {"classes", "", "class_id course_id venue starts_at", nobody},
                   {"evenings", "", "evening_id title_zh title_en venue starts_at", nobody},
                   {"places_tree", "", "place parent", nobody},
                   {"places_closure", "", "place ancestor", nobody}});
}

class HeldAboutTest : public testing::Test {
protected:
    HeldAboutTest()
    {
        notifications.found_the_tree();
        notifications.open_a_class();
    }

    HeldAboutReply held(const PersonId& person, std::optional<MessageId> after = std::nullopt)
    {
        return notifications.answer(HeldAbout{person, after}, worker(person));
    }

    NotificationsUnderTest notifications;
    PersonId ann = test_id<PersonId>(11);
    PersonId bao = test_id<PersonId>(12);
};

TEST_F(HeldAboutTest, IsMessagesWithTheirMailsPreferencesAndContact)
{
    notifications.join(ann, "ann@example.org", registration::Language::en);
    notifications.key_comes(ann);
    notifications.take_seat(ann);
    notifications.report(*notifications.take_mail(), DeliveryResult::refused_for_good);
    const auto message_id = notifications.inbox_of(ann).at(0).message_id;
    notifications.ask(MarkRead{ann, message_id}, worker(ann));
    notifications.ask(SetPreference{ann, Topic::training, Channel::inapp, false}, worker(ann));
    notifications.pass(std::chrono::minutes(1));
    notifications.take_seat(ann);  // by e-mail alone
    notifications.take_seat(bao);

    const auto reply = held(ann);
    EXPECT_EQ(reply.contact, (HeldContact{Language::en, true}));
    EXPECT_EQ(reply.preferences, (std::vector<PreferenceRow>{{Topic::training, Channel::inapp, false}}));
    ASSERT_EQ(reply.messages.size(), 2U);
    EXPECT_FALSE(reply.messages[0].inbox);
    EXPECT_EQ(reply.messages[0].mail->state, DeliveryState::sending);
    EXPECT_FALSE(reply.next);

    HeldMail mail;
    mail.state = DeliveryState::failed;
    mail.attempts = 1;
    mail.reason = DeliveryReason::refused_for_good;
    mail.changed_at = NotificationsUnderTest::noon;
    HeldMessage first;
    first.message_id = message_id;
    first.topic = Topic::training;
    first.template_ = "training_seat_taken";
    first.title = "You are in: Tea";
    first.body = reply.messages[1].body;
    first.inbox = true;
    first.at = NotificationsUnderTest::noon;
    first.read_at = NotificationsUnderTest::noon;
    first.mail = mail;
    EXPECT_EQ(reply.messages[1], first);
    EXPECT_NE(first.body.find("2026-03-05 19:00"), std::string::npos);
}

TEST_F(HeldAboutTest, MessagesComeInPages)
{
    notifications.ask(SetPreference{ann, Topic::matchmaking, Channel::inapp, false}, worker(ann));
    for (int i = 0; i < 201; ++i) {
        notifications.take_seat(ann);
        if (i % 3 == 0) notifications.pass(std::chrono::seconds(1));  // some at one moment
    }
    std::vector<MessageId> read;
    auto page = held(ann);
    EXPECT_EQ(page.preferences.size(), 1U);
    for (int pages = 1;; ++pages) {
        ASSERT_LE(pages, 3);
        for (const auto& message : page.messages) read.push_back(message.message_id);
        if (!page.next) break;
        page = held(ann, page.next);
        EXPECT_TRUE(page.preferences.empty()) << "further pages hold messages alone";
    }
    EXPECT_EQ(read.size(), 201U);
    EXPECT_EQ(std::set<MessageId>(read.begin(), read.end()).size(), 201U);
}

TEST_F(HeldAboutTest, OfWhoWasErasedNothingIsHeld)
{
    notifications.join(ann, "ann@example.org");
    notifications.take_seat(ann);  // its e-mail waits for the key
    notifications.ask(SetPreference{ann, Topic::matchmaking, Channel::inapp, false}, worker(ann));
    notifications.take_seat(bao);
    notifications.keyring.erase(ann.uuid);
    notifications.hear(registration::PersonErased{ann, notifications.clock.now()});
    EXPECT_EQ(held(ann), HeldAboutReply{});
    notifications.take_seat(ann);  // of a service that had not heard of it
    EXPECT_EQ(held(ann), HeldAboutReply{});
    notifications.pass(std::chrono::minutes(5));
    EXPECT_EQ(held(ann), HeldAboutReply{}) << "no timer is left of the e-mail";
    EXPECT_EQ(held(bao).messages.size(), 1U);
}

}  // namespace
}  // namespace gonghui::notifications
