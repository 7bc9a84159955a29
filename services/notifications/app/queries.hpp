#pragma once
// Queries: read, render, answer. They run on reader threads.

#include "services/notifications/app/wiring.hpp"

namespace gonghui::notifications {

messaging::Reply handle(const Inbox& query, const messaging::Context& context, NotificationsStore& reader);
messaging::Reply handle(const HeldAbout& query, const messaging::Context& context, NotificationsStore& reader);
messaging::Reply handle(const UnreadCount& query, const messaging::Context& context, NotificationsStore& reader);
messaging::Reply handle(const Preferences& query, const messaging::Context& context, NotificationsStore& reader);
messaging::Reply handle(const Deliveries& query, const messaging::Context& context, NotificationsStore& reader);
messaging::Reply handle(const TemplatePreview& query, const messaging::Context& context, NotificationsStore& reader);

}  // namespace gonghui::notifications
