#include "services/notifications/app/commands.hpp"

#include "schemas/generated/notifications/codecs.hpp"

namespace gonghui::notifications {

using messaging::Reply;

namespace {

Reply answer(const Decided<std::vector<Event>>& decided, NotificationsUnit& unit)
{
    if (!decided) return Reply::refused(decided.error());
    unit.record(*decided);
    return Reply::accepted();
}

Standing standing(const NotificationsUnit& unit, const std::optional<Uuid>& place = std::nullopt)
{
    return unit.store.places().standing(unit.context.actor, place);
}

}  // namespace

Reply handle(const SetPreference& command, NotificationsUnit& unit)
{
    const PreferenceFacts facts{standing(unit), unit.store.wants(command.person_id, command.topic, command.channel)};
    return answer(set_preference(facts, command, unit.context.actor, unit.context.now), unit);
}

Reply handle(const SetQuietHours& command, NotificationsUnit& unit)
{
    const QuietHoursFacts facts{standing(unit, command.district_id.uuid), unit.store.is_district(command.district_id),
                                unit.store.quiet_hours()};
    return answer(set_quiet_hours(facts, command, unit.context.actor, unit.context.now), unit);
}

Reply handle(const MarkRead& command, NotificationsUnit& unit)
{
    const MarkReadFacts facts{standing(unit), unit.store.reading(command.person_id, command.message_id)};
    return answer(mark_read(facts, command, unit.context.actor, unit.context.now), unit);
}

Reply handle(const ReportDelivery& command, NotificationsUnit& unit)
{
    const ReportFacts facts{unit.store.reported_mail(command.message_id), standing(unit)};
    return answer(report_delivery(facts, unit.store.quiet_hours(), command, unit.context.actor, unit.context.now),
                  unit);
}

}  // namespace gonghui::notifications
