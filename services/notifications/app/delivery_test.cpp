// An e-mail's way from the message to the mail server's answer.

#include "services/notifications/app/notifications_under_test.hpp"

#include <gmock/gmock.h>

namespace gonghui::notifications {
namespace {

using messaging::Outcome;
using testing::HasSubstr;
using namespace std::chrono_literals;

class AnEmail : public testing::Test {
protected:
    AnEmail()
    {
        notifications.found_the_tree();
        notifications.open_a_class();
        notifications.join(ann, "ann@example.org", registration::Language::en);
        notifications.key_comes(ann);
    }

    NotificationsUnderTest notifications;
    PersonId ann = test_id<PersonId>(11);
    PersonId bao = test_id<PersonId>(12);
};

TEST_F(AnEmail, GoesToTheMailerInThePersonsLanguage)
{
    notifications.take_seat(ann);
    const auto mail = notifications.take_mail();
    ASSERT_TRUE(mail);
    EXPECT_EQ(mail->to.reveal(), "ann@example.org");
    EXPECT_EQ(mail->subject, "You are in: Tea");
    EXPECT_THAT(mail->body, HasSubstr("2026-03-05 19:00"));
    EXPECT_EQ(notifications.only_delivery().state, DeliveryState::sending);

    EXPECT_EQ(notifications.report(*mail, DeliveryResult::taken).outcome, Outcome::accepted);
    const auto delivery = notifications.only_delivery();
    EXPECT_EQ(delivery.state, DeliveryState::sent);
    EXPECT_EQ(delivery.attempts, 1);
    EXPECT_FALSE(delivery.due);
    EXPECT_FALSE(notifications.store.timers().next_due());
}

TEST_F(AnEmail, IsNotWrittenWithoutAnAddress)
{
    notifications.take_seat(bao);
    EXPECT_FALSE(notifications.take_mail());
    EXPECT_TRUE(notifications.answer(Deliveries{}, operators_command()).deliveries.empty());
}

TEST(WithoutAMailServer, AMessageIsPlacedAndNoEmailWaits)
{
    NotificationsUnderTest notifications(NotificationsUnderTest::MailServer::none);
    const auto ann = test_id<PersonId>(11);
    notifications.found_the_tree();
    notifications.open_a_class();
    notifications.join(ann, "ann@example.org", registration::Language::en);
    notifications.take_seat(ann);
    EXPECT_EQ(notifications.answer(Inbox{ann}, worker(ann)).messages.size(), 1U);
    EXPECT_TRUE(notifications.answer(Deliveries{}, operators_command()).deliveries.empty());
    EXPECT_FALSE(notifications.store.timers().next_due());
}

TEST_F(AnEmail, WaitsOutTheQuietHours)
{
    notifications.pass(11h);  // 23:00
    notifications.take_seat(ann);
    EXPECT_FALSE(notifications.take_mail());
    const auto delivery = notifications.only_delivery();
    EXPECT_EQ(delivery.state, DeliveryState::queued);
    EXPECT_EQ(delivery.due, NotificationsUnderTest::noon + 20h);
    notifications.pass(9h - 1s);
    EXPECT_FALSE(notifications.take_mail());
    notifications.pass(1s);
    EXPECT_TRUE(notifications.take_mail());
}

TEST_F(AnEmail, FollowsQuietHoursThatTheDistrictSets)
{
    SetQuietHours command;
    command.district_id = notifications.district;
    command.begins_minute = o_clock(11);
    command.ends_minute = o_clock(13);
    command.utc_offset_minutes = 480;
    EXPECT_EQ(notifications.ask(command, operators_command()).outcome, Outcome::accepted);
    notifications.take_seat(ann);
    EXPECT_EQ(notifications.only_delivery().due, NotificationsUnderTest::noon + 1h);

    command.district_id = notifications.home_union;
    EXPECT_EQ(notifications.ask(command, operators_command()).code, refusal::not_a_district);
    command.begins_minute = 1440;
    EXPECT_EQ(notifications.ask(command, operators_command()).outcome, Outcome::invalid);
}

TEST_F(AnEmail, ComesAgainAfterARefusalForNow)
{
    notifications.take_seat(ann);
    const auto first = notifications.take_mail();
    notifications.report(*first, DeliveryResult::refused_for_now);
    const auto waiting = notifications.only_delivery();
    EXPECT_EQ(waiting.state, DeliveryState::failed);
    EXPECT_EQ(waiting.reason, DeliveryReason::refused_for_now);
    EXPECT_EQ(waiting.due, NotificationsUnderTest::noon + 1min);

    notifications.pass(1min);
    const auto second = notifications.take_mail();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->attempt, 2);
    EXPECT_EQ(second->message_id, first->message_id);
    notifications.report(*second, DeliveryResult::taken);
    EXPECT_EQ(notifications.only_delivery().state, DeliveryState::sent);
}

TEST_F(AnEmail, IsGivenUpAfterARefusalForGood)
{
    notifications.take_seat(ann);
    notifications.report(*notifications.take_mail(), DeliveryResult::refused_for_good);
    const auto delivery = notifications.only_delivery();
    EXPECT_EQ(delivery.state, DeliveryState::failed);
    EXPECT_FALSE(delivery.due);
    EXPECT_FALSE(notifications.store.timers().next_due());
}

TEST_F(AnEmail, IsLookedAtAgainWhenTheMailerDiedOverIt)
{
    notifications.take_seat(ann);
    const auto first = notifications.take_mail();
    notifications.mails.reported(first->message_id);  // a new process holds nothing
    notifications.pass(60s);
    EXPECT_FALSE(notifications.take_mail());
    notifications.pass(60s);
    const auto second = notifications.take_mail();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->message_id, first->message_id);
}

TEST_F(AnEmail, IsNotDoubledWhileTheMailerIsSlow)
{
    notifications.take_seat(ann);
    const auto mail = notifications.take_mail();
    for (int i = 0; i < 10; ++i) notifications.pass(60s);
    EXPECT_FALSE(notifications.take_mail());
    EXPECT_EQ(notifications.only_delivery().attempts, 1);
    notifications.report(*mail, DeliveryResult::taken);
    EXPECT_EQ(notifications.only_delivery().state, DeliveryState::sent);
}

TEST_F(AnEmail, WaitsForThePersonsKeyWhileTheMessageDoesNot)
{
    notifications.join(bao, "bao@example.org");
    notifications.take_seat(bao);
    EXPECT_EQ(notifications.inbox_of(bao).size(), 1U);
    EXPECT_FALSE(notifications.take_mail());
    EXPECT_EQ(notifications.keyring.take_wanted(10), std::vector<Uuid>{bao.uuid});
    notifications.key_comes(bao);
    notifications.pass(10s);
    EXPECT_TRUE(notifications.take_mail());
}

TEST_F(AnEmail, IsGivenUpWhenThePersonWasErased)
{
    notifications.join(bao, "bao@example.org");
    notifications.take_seat(bao);  // the e-mail waits for the key
    notifications.keyring.erase(bao.uuid);
    notifications.keyring.commit();
    notifications.pass(10s);
    const auto delivery = notifications.only_delivery();
    EXPECT_EQ(delivery.state, DeliveryState::failed);
    EXPECT_EQ(delivery.reason, DeliveryReason::no_address);
}

TEST_F(AnEmail, IsNotSentToWhatIsNoAddress)
{
    notifications.join(bao, "bao@example.org>\r\nRCPT TO:<other@example.org");
    notifications.key_comes(bao);
    notifications.take_seat(bao);
    EXPECT_FALSE(notifications.take_mail());
    EXPECT_EQ(notifications.only_delivery().reason, DeliveryReason::no_address);
}

TEST_F(AnEmail, GoesToTheNewAddressOfAContactThatChanged)
{
    registration::ContactChanged changed;
    changed.person_id = ann;
    changed.email = notifications.sealed_email(ann, "new@example.org");
    notifications.hear(changed);
    notifications.take_seat(ann);
    const auto mail = notifications.take_mail();
    EXPECT_EQ(mail->to.reveal(), "new@example.org");
    EXPECT_EQ(mail->subject, "You are in: Tea");
}

TEST_F(AnEmail, IsNotSentOnceThePersonSwitchedItOff)
{
    notifications.pass(11h);
    notifications.take_seat(ann);
    notifications.ask(SetPreference{ann, Topic::training, Channel::email, false}, worker(ann));
    notifications.pass(10h);
    EXPECT_FALSE(notifications.take_mail());
    EXPECT_EQ(notifications.only_delivery().reason, DeliveryReason::switched_off);
}

TEST_F(AnEmail, WaitsWhileTheMailerIsFull)
{
    for (int i = 0; i < 6; ++i) notifications.take_seat(ann);
    auto counts = notifications.answer(Deliveries{}, operators_command());
    EXPECT_EQ(counts.sending, 4);
    EXPECT_EQ(counts.queued, 2);
    while (const auto mail = notifications.take_mail()) notifications.report(*mail, DeliveryResult::taken);
    notifications.pass(60s);
    while (const auto mail = notifications.take_mail()) notifications.report(*mail, DeliveryResult::taken);
    counts = notifications.answer(Deliveries{}, operators_command());
    EXPECT_EQ(counts.sent, 6);
}

}  // namespace
}  // namespace gonghui::notifications
