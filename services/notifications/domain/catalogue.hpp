#pragma once
// Every message that the service can place: its template, its topic, whether it is critical, and made-up parameters to
// look at it with.

#include "schemas/generated/notifications/messages.hpp"
#include "services/notifications/domain/rendering.hpp"

#include <vector>

namespace gonghui::notifications {

// Critical: something is lost unless the person acts or knows. Such a message comes whatever the preferences say, and
// its e-mail does not wait for the morning.
enum class Urgency : std::uint8_t { ordinary, critical };

struct MessageKind {
    std::string_view name;  // of the template
    Topic topic;
    Urgency urgency;
    Parameters preview;
};

const std::vector<MessageKind>& message_kinds();
[[nodiscard]] const MessageKind* find_message_kind(std::string_view name);

// As in the names of the template files.
[[nodiscard]] std::string_view tag_of(Language language);  // "zh-CN", "en"

}  // namespace gonghui::notifications
