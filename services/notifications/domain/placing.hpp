#pragma once
// From a notice to the events that place it: into the inbox, onto the way of an e-mail, both or neither.

#include "services/notifications/domain/catalogue.hpp"
#include "services/notifications/domain/notices.hpp"
#include "services/notifications/domain/quiet_hours.hpp"

#include <vector>

namespace gonghui::notifications {

// What is known of the person to be told.
struct Recipient {
    bool has_email = false;
    bool wants_inapp = true;  // on the topic of the notice
    bool wants_email = true;
};

// `message_id` derives from the cause of the notice, so that a cause places the same message however often it is
// handled. Nothing follows when an ordinary message is wanted on no channel.
[[nodiscard]] std::vector<Event> place(const Notice& notice, const Recipient& recipient, const QuietHours& quiet,
                                       const MessageId& message_id, UtcTime now);

}  // namespace gonghui::notifications
