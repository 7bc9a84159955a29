#include "services/notifications/domain/delivery.hpp"

#include "services/notifications/domain/retry_plan.hpp"

#include <gtest/gtest.h>

namespace gonghui::notifications {
namespace {

using namespace std::chrono_literals;

const MessageId message(Uuid::parse("00000000-0000-4000-8000-0000000000aa").value());
const PersonId person(Uuid::parse("00000000-0000-4000-8000-000000000001").value());
const UtcTime noon = parse_time("2026-03-01T12:00:00+08:00").value();
const UtcTime night = parse_time("2026-03-01T23:00:00+08:00").value();
const UtcTime morning = parse_time("2026-03-02T08:00:00+08:00").value();

DueMail due()
{
    return {message, person, noon};
}

Actor mailer()
{
    return {Role::service, {}, {}, "notifications"};
}

ReportFacts sending(std::int64_t attempts)
{
    return {ReportedMail{person, DeliveryState::sending, attempts, false}, Standing{true, false}};
}

ReportDelivery report(DeliveryResult result, std::int64_t attempt)
{
    ReportDelivery command;
    command.message_id = message;
    command.attempt = attempt;
    command.result = result;
    return command;
}

TEST(BeginAttempt, HandsADueMailToTheMailer)
{
    const auto sends = std::get<EmailSending>(begin_attempt(due(), {}, Mailer::has_room, noon));
    EXPECT_EQ(sends.attempt, 1);
    EXPECT_EQ(sends.look_again_at, noon + look_again_after);
}

TEST(BeginAttempt, CountsAMailThatWasNeverReported)
{
    auto mail = due();
    mail.attempts = 2;
    EXPECT_EQ(std::get<EmailSending>(begin_attempt(mail, {}, Mailer::has_room, noon)).attempt, 3);
}

TEST(BeginAttempt, LeavesAMailToAMailerThatIsStillAtIt)
{
    auto mail = due();
    mail.attempts = 2;
    const auto sends = std::get<EmailSending>(begin_attempt(mail, {}, Mailer::holds_it, night));
    EXPECT_EQ(sends.attempt, 2);
    EXPECT_EQ(sends.look_again_at, night + look_again_after);
}

TEST(BeginAttempt, WaitsOutTheQuietHoursThatHaveBegunMeanwhile)
{
    EXPECT_EQ(std::get<EmailQueued>(begin_attempt(due(), {}, Mailer::has_room, night)).due, morning);
    auto critical = due();
    critical.critical = true;
    EXPECT_TRUE(std::holds_alternative<EmailSending>(begin_attempt(critical, {}, Mailer::has_room, night)));
}

TEST(BeginAttempt, ComesBackWhenTheMailerIsFull)
{
    EXPECT_EQ(std::get<EmailQueued>(begin_attempt(due(), {}, Mailer::is_full, noon)).due, noon + mailer_patience);
}

TEST(BeginAttempt, WaitsLongerAndLongerForAMissingKey)
{
    auto sealed = due();
    sealed.address = Address::key_missing;
    const auto due_at = [&](Duration after) {
        return std::get<EmailQueued>(begin_attempt(sealed, {0, 0, 480}, Mailer::has_room, noon + after)).due - noon;
    };
    EXPECT_EQ(due_at(0s), 2s);
    EXPECT_EQ(due_at(10s), 20s);
    EXPECT_EQ(due_at(20s), 40s);
    EXPECT_EQ(due_at(5h), 6h);
}

TEST(BeginAttempt, GivesUpWithoutAnAddress)
{
    auto mail = due();
    mail.address = Address::none;
    const auto failed = std::get<EmailFailed>(begin_attempt(mail, {}, Mailer::has_room, noon));
    EXPECT_EQ(failed.reason, DeliveryReason::no_address);
    EXPECT_FALSE(failed.next_attempt);
}

TEST(BeginAttempt, GivesUpWhatWaitedWhenTheMailServerIsGone)
{
    const auto failed = std::get<EmailFailed>(begin_attempt(due(), {}, Mailer::none, night));
    EXPECT_EQ(failed.reason, DeliveryReason::unreachable);
    EXPECT_FALSE(failed.next_attempt);
}

TEST(BeginAttempt, FollowsAPreferenceThatChangedMeanwhile)
{
    auto mail = due();
    mail.wanted = false;
    EXPECT_EQ(std::get<EmailFailed>(begin_attempt(mail, {}, Mailer::has_room, noon)).reason,
              DeliveryReason::switched_off);
    mail.critical = true;
    EXPECT_TRUE(std::holds_alternative<EmailSending>(begin_attempt(mail, {}, Mailer::has_room, noon)));
}

TEST(BeginAttempt, EndsAfterTheLastAttempt)
{
    auto mail = due();
    mail.attempts = most_attempts;
    EXPECT_FALSE(std::get<EmailFailed>(begin_attempt(mail, {}, Mailer::has_room, noon)).next_attempt);
}

TEST(Report, OfAMailThatTheServerTookEndsIt)
{
    const auto events = report_delivery(sending(1), {}, report(DeliveryResult::taken, 1), mailer(), noon);
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 1U);
    EXPECT_TRUE(std::holds_alternative<EmailSent>(events->front()));
}

TEST(Report, OfAFailureSetsTheNextAttempt)
{
    for (const auto result :
         {DeliveryResult::unreachable, DeliveryResult::refused_for_now, DeliveryResult::not_authenticated}) {
        const auto events = report_delivery(sending(1), {}, report(result, 1), mailer(), noon);
        const auto& failed = std::get<EmailFailed>(events->front());
        EXPECT_EQ(failed.next_attempt, noon + 1min);
        EXPECT_EQ(failed.attempt, 1);
    }
}

TEST(Report, OfAFailureWaitsLongerEveryTimeAndEndsAtLast)
{
    Duration last{0};
    for (std::int64_t attempt = 1; attempt < most_attempts; ++attempt) {
        const auto events = report_delivery(sending(attempt), {0, 0, 480}, report(DeliveryResult::unreachable, attempt),
                                            mailer(), noon);
        const auto& failed = std::get<EmailFailed>(events->front());
        ASSERT_TRUE(failed.next_attempt);
        EXPECT_GT(*failed.next_attempt - noon, last);
        last = *failed.next_attempt - noon;
    }
    const auto events =
        report_delivery(sending(most_attempts), {}, report(DeliveryResult::unreachable, most_attempts), mailer(), noon);
    EXPECT_FALSE(std::get<EmailFailed>(events->front()).next_attempt);
}

TEST(Report, OfAFailureAtNightWaitsForTheMorning)
{
    const auto events = report_delivery(sending(1), {}, report(DeliveryResult::refused_for_now, 1), mailer(), night);
    EXPECT_EQ(std::get<EmailFailed>(events->front()).next_attempt, morning);
}

TEST(Report, OfARefusalForGoodEndsIt)
{
    auto command = report(DeliveryResult::refused_for_good, 1);
    command.server_code = 550;
    const auto events = report_delivery(sending(1), {}, command, mailer(), noon);
    const auto& failed = std::get<EmailFailed>(events->front());
    EXPECT_EQ(failed.reason, DeliveryReason::refused_for_good);
    EXPECT_EQ(failed.server_code, 550);
    EXPECT_FALSE(failed.next_attempt);
}

TEST(Report, ThatComesTwiceOrLateChangesNothing)
{
    auto sent = sending(1);
    sent.mail->state = DeliveryState::sent;
    EXPECT_TRUE(report_delivery(sent, {}, report(DeliveryResult::taken, 1), mailer(), noon)->empty());
    EXPECT_TRUE(report_delivery(sent, {}, report(DeliveryResult::unreachable, 1), mailer(), noon)->empty());
    EXPECT_TRUE(report_delivery(sending(2), {}, report(DeliveryResult::unreachable, 1), mailer(), noon)->empty());
    auto queued = sending(1);
    queued.mail->state = DeliveryState::queued;
    EXPECT_TRUE(report_delivery(queued, {}, report(DeliveryResult::unreachable, 1), mailer(), noon)->empty());
}

TEST(Report, ThatAnEarlierAttemptArrivedAfterAllEndsIt)
{
    auto queued = sending(1);
    queued.mail->state = DeliveryState::queued;
    EXPECT_EQ(report_delivery(queued, {}, report(DeliveryResult::taken, 1), mailer(), noon)->size(), 1U);
}

TEST(Report, OfAnUnknownMessageIsRefused)
{
    const auto events =
        report_delivery({std::nullopt, Standing{true, false}}, {}, report(DeliveryResult::taken, 1), mailer(), noon);
    ASSERT_FALSE(events);
    EXPECT_EQ(events.error().code, refusal::unknown_message);
}

}  // namespace
}  // namespace gonghui::notifications
