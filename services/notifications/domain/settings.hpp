#pragma once
// What people and the district set for themselves, and what a person has read.

#include "common/result/refusal.hpp"
#include "schemas/generated/notifications/messages.hpp"
#include "services/notifications/domain/quiet_hours.hpp"

#include <optional>
#include <vector>

namespace gonghui::notifications {

struct PreferenceFacts {
    Standing standing;
    bool wanted = true;  // now, on that topic and channel
};
// No event when nothing would change.
[[nodiscard]] Decided<std::vector<Event>> set_preference(const PreferenceFacts& facts, const SetPreference& command,
                                                         const Actor& actor, UtcTime now);

struct QuietHoursFacts {
    Standing standing;  // towards the district
    bool is_district = false;
    QuietHours now;
};
[[nodiscard]] Decided<std::vector<Event>> set_quiet_hours(const QuietHoursFacts& facts, const SetQuietHours& command,
                                                          const Actor& actor, UtcTime now);

enum class Reading : std::uint8_t { no_such_message, unread, read };
struct MarkReadFacts {
    Standing standing;
    Reading message = Reading::no_such_message;  // of that person
};
// No event when it was read before.
[[nodiscard]] Decided<std::vector<Event>> mark_read(const MarkReadFacts& facts, const MarkRead& command,
                                                    const Actor& actor, UtcTime now);

}  // namespace gonghui::notifications
