#include "services/notifications/app/commands.hpp"

#include "schemas/generated/notifications/codecs.hpp"
#include "services/notifications/domain/catalogue.hpp"
#include "services/notifications/domain/rendering.hpp"

#include <stdexcept>

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

Reply handle(const SendCode& command, NotificationsUnit& unit, const Ports& ports)
{
    if (!permits(SendCode::rights, unit.context.actor, standing(unit), std::nullopt))
        return Reply::refused({refusal::not_permitted, {}});
    if (ports.codes == nullptr) return Reply::refused({refusal::no_sms, {}});
    if (ports.codes->room_for(command.nonce.uuid) != MailQueue::Room::free)
        return Reply::retry("overloaded", std::chrono::seconds(1));
    auto text = render("login_code", tag_of(command.language), {{"code", command.code.reveal()}});
    if (!text) throw std::logic_error(text.error());
    unit.once_committed([codes = ports.codes,
                         mail = Mail{command.nonce.uuid, 1, Personal(command.phone.reveal() + '@' + ports.sms_domain),
                                     std::move(text->title), std::move(text->body)}] { codes->put(mail); });
    return Reply::accepted();
}

}  // namespace gonghui::notifications
