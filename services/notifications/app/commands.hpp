#pragma once
// Commands: load facts, decide, record.

#include "services/notifications/app/wiring.hpp"

namespace gonghui::notifications {

messaging::Reply handle(const SetPreference& command, NotificationsUnit& unit);
messaging::Reply handle(const SetQuietHours& command, NotificationsUnit& unit);
messaging::Reply handle(const MarkRead& command, NotificationsUnit& unit);
messaging::Reply handle(const ReportDelivery& command, NotificationsUnit& unit);

}  // namespace gonghui::notifications
