#include "services/notifications/domain/delivery.hpp"

#include "services/notifications/domain/retry_plan.hpp"

#include <algorithm>

namespace gonghui::notifications {

namespace {

EmailFailed given_up(const DueMail& mail, DeliveryReason reason, UtcTime now)
{
    EmailFailed failed;
    failed.message_id = mail.message_id;
    failed.person_id = mail.person_id;
    failed.reason = reason;
    failed.attempt = mail.attempts;
    failed.at = now;
    return failed;
}

Duration key_wait(Duration waited)
{
    return std::clamp<Duration>(waited, shortest_key_wait, longest_key_wait);
}

// nullopt: the server took it.
std::optional<DeliveryReason> reason_of(DeliveryResult result)
{
    switch (result) {
        case DeliveryResult::taken:
            return std::nullopt;
        case DeliveryResult::unreachable:
            return DeliveryReason::unreachable;
        case DeliveryResult::refused_for_now:
            return DeliveryReason::refused_for_now;
        case DeliveryResult::refused_for_good:
            return DeliveryReason::refused_for_good;
        case DeliveryResult::not_authenticated:
            return DeliveryReason::not_authenticated;
    }
    return DeliveryReason::unreachable;
}

std::optional<UtcTime> next_attempt(const ReportedMail& mail, DeliveryReason reason, const QuietHours& quiet,
                                    UtcTime now)
{
    if (reason == DeliveryReason::refused_for_good) return std::nullopt;
    const auto wait = wait_after(static_cast<int>(mail.attempts));
    if (!wait) return std::nullopt;
    return mail.critical ? now + *wait : after_quiet(quiet, now + *wait);
}

}  // namespace

Event begin_attempt(const DueMail& mail, const QuietHours& quiet, Mailer mailer, UtcTime now)
{
    if (mailer == Mailer::holds_it)
        return EmailSending{mail.message_id, mail.person_id, mail.attempts, now + look_again_after, now};
    if (!mail.wanted && !mail.critical) return given_up(mail, DeliveryReason::switched_off, now);
    if (mail.address == Address::none) return given_up(mail, DeliveryReason::no_address, now);
    if (mailer == Mailer::none || mail.attempts >= most_attempts)
        return given_up(mail, DeliveryReason::unreachable, now);

    const auto leaves = mail.critical ? now : after_quiet(quiet, now);
    if (leaves > now) return EmailQueued{mail.message_id, mail.person_id, leaves, now};
    if (mail.address == Address::key_missing)
        return EmailQueued{mail.message_id, mail.person_id, now + key_wait(now - mail.placed_at), now};
    if (mailer == Mailer::is_full) return EmailQueued{mail.message_id, mail.person_id, now + mailer_patience, now};
    return EmailSending{mail.message_id, mail.person_id, mail.attempts + 1, now + look_again_after, now};
}

Decided<std::vector<Event>> report_delivery(const ReportFacts& facts, const QuietHours& quiet,
                                            const ReportDelivery& command, const Actor& actor, UtcTime now)
{
    if (!permits(ReportDelivery::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (!facts.mail) return refused(refusal::unknown_message);
    const auto& mail = *facts.mail;
    if (mail.state == DeliveryState::sent) return std::vector<Event>{};

    const auto reason = reason_of(command.result);
    // Taken is taken, whichever attempt it was and whatever we thought of it meanwhile.
    if (!reason) return std::vector<Event>{EmailSent{command.message_id, mail.person_id, command.attempt, now}};
    if (mail.state != DeliveryState::sending || command.attempt != mail.attempts) return std::vector<Event>{};

    EmailFailed failed;
    failed.message_id = command.message_id;
    failed.person_id = mail.person_id;
    failed.reason = *reason;
    failed.attempt = mail.attempts;
    failed.server_code = command.server_code;
    failed.next_attempt = next_attempt(mail, *reason, quiet, now);
    failed.at = now;
    return std::vector<Event>{failed};
}

}  // namespace gonghui::notifications
