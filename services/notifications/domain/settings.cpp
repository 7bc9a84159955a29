#include "services/notifications/domain/settings.hpp"

namespace gonghui::notifications {

Decided<std::vector<Event>> set_preference(const PreferenceFacts& facts, const SetPreference& command,
                                           const Actor& actor, UtcTime now)
{
    if (!permits(SetPreference::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (facts.wanted == command.wanted) return std::vector<Event>{};
    return std::vector<Event>{PreferenceSet{command.person_id, command.topic, command.channel, command.wanted, now}};
}

Decided<std::vector<Event>> set_quiet_hours(const QuietHoursFacts& facts, const SetQuietHours& command,
                                            const Actor& actor, UtcTime now)
{
    if (!permits(SetQuietHours::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (!facts.is_district) return refused(refusal::not_a_district);
    const QuietHours wanted{static_cast<int>(command.begins_minute), static_cast<int>(command.ends_minute),
                            static_cast<int>(command.utc_offset_minutes)};
    if (wanted == facts.now) return std::vector<Event>{};
    return std::vector<Event>{QuietHoursSet{command.district_id, command.begins_minute, command.ends_minute,
                                            command.utc_offset_minutes, now}};
}

Decided<std::vector<Event>> mark_read(const MarkReadFacts& facts, const MarkRead& command, const Actor& actor,
                                      UtcTime now)
{
    if (!permits(MarkRead::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    switch (facts.message) {
        case Reading::no_such_message:
            return refused(refusal::unknown_message);
        case Reading::read:
            return std::vector<Event>{};
        case Reading::unread:
            break;
    }
    return std::vector<Event>{MessageRead{command.message_id, command.person_id, now}};
}

}  // namespace gonghui::notifications
