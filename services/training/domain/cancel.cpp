#include "services/training/domain/cancel.hpp"

#include <algorithm>

namespace gonghui::training {

namespace {

bool is_self(const Actor& actor, const PersonId& person)
{
    return actor.role == Role::worker && actor.person == person.uuid;
}

UtcTime seat_kept_until(const ClassFacts& held, bool by_self)
{
    if (!by_self || !held.campaign.cancel_until) return held.begins_at;
    return std::min(*held.campaign.cancel_until, held.begins_at);
}

}  // namespace

Decided<Event> cancel(const PlaceFacts& facts, const Cancel& command, const Actor& actor, UtcTime now)
{
    if (!permits(Cancel::rights, actor, facts.standing, command.person_id.uuid)) return refused(refusal::not_permitted);
    if (!facts.training_class) return refused(refusal::unknown_class);
    if (!facts.place) return refused(refusal::not_enrolled);

    const bool by_self = is_self(actor, command.person_id);
    if (facts.place == Place::waiting)
        return WaitingLeft{command.class_id, command.campaign_id, command.person_id, now,
                           by_self ? LeavingReason::self : LeavingReason::officer};

    const auto until = seat_kept_until(*facts.training_class, by_self);
    if (facts.place == Place::taken && now >= until)
        return refused(refusal::too_late_to_cancel, {{"cancel_until", to_microseconds(until)}});
    return EnrollmentCancelled{command.class_id, command.campaign_id, command.person_id, now,
                               by_self ? LeavingReason::self : LeavingReason::officer};
}

}  // namespace gonghui::training
