#pragma once
// Commands: load facts, decide, record.

#include "services/notifications/app/wiring.hpp"

namespace gonghui::notifications {

messaging::Reply handle(const SetPreference& command, NotificationsUnit& unit);
messaging::Reply handle(const SetQuietHours& command, NotificationsUnit& unit);
messaging::Reply handle(const MarkRead& command, NotificationsUnit& unit);
messaging::Reply handle(const ReportDelivery& command, NotificationsUnit& unit);
// Nothing of it is recorded: a code is worth nothing in five minutes, and a log keeps for ever.
messaging::Reply handle(const SendCode& command, NotificationsUnit& unit, const Ports& ports);

}  // namespace gonghui::notifications
