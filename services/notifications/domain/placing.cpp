#include "services/notifications/domain/placing.hpp"

#include <stdexcept>

namespace gonghui::notifications {

std::vector<Event> place(const Notice& notice, const Recipient& recipient, const QuietHours& quiet,
                         const MessageId& message_id, UtcTime now)
{
    const auto* kind = find_message_kind(notice.template_name);
    if (kind == nullptr) throw std::logic_error("no message kind " + std::string(notice.template_name));
    const bool critical = kind->urgency == Urgency::critical;
    const bool in_inbox = critical || recipient.wants_inapp;
    const bool by_email = recipient.has_email && (critical || recipient.wants_email);

    std::vector<Event> events;
    if (!in_inbox && !by_email) return events;
    events.reserve(by_email ? 2 : 1);
    MessagePlaced placed;
    placed.message_id = message_id;
    placed.person_id = notice.person_id;
    placed.template_ = notice.template_name;
    placed.topic = kind->topic;
    placed.parameters = notice.parameters;
    placed.critical = critical;
    placed.inbox = in_inbox;
    placed.at = now;
    events.emplace_back(std::move(placed));
    if (by_email)
        events.emplace_back(EmailQueued{message_id, notice.person_id, critical ? now : after_quiet(quiet, now), now});
    return events;
}

}  // namespace gonghui::notifications
