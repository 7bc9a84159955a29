#pragma once
// A followed event leads to a message; an e-mail's time comes.

#include "services/notifications/app/wiring.hpp"

namespace gonghui::notifications {

// Places the message that a rule wants; the same cause places it once.
void tell(const Notice& notice, NotificationsUnit& unit, const Ports& ports);
// Where one cause places several.
void tell(const Notice& notice, const MessageId& message_id, NotificationsUnit& unit, const Ports& ports);
void on_addressed(const registration::AnnouncementAddressed& event, NotificationsUnit& unit, const Ports& ports);

// The occasion that an event speaks of. Throws messaging::NotReady while the catalogue that names it is still on its
// way: it may come from another partition's log.
Occasion lesson_of(const ClassId& id, const NotificationsUnit& unit);
Occasion evening_of(const EveningId& id, const NotificationsUnit& unit);
Union union_of(const OrganisationId& id, const NotificationsUnit& unit);

void on_email_due(const messaging::Timer& timer, NotificationsUnit& unit, const Ports& ports);

}  // namespace gonghui::notifications
