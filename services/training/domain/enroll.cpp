#include "services/training/domain/enroll.hpp"

#include "services/training/domain/admission.hpp"

namespace gonghui::training {

namespace {

// Absent: it is the time.
std::optional<Refusal> not_the_time(const ClassFacts& wanted, UtcTime now)
{
    const auto& campaign = wanted.campaign;
    if (now < campaign.opens_at)
        return Refusal{refusal::campaign_not_open, {{"opens_at", to_microseconds(campaign.opens_at)}}};
    if (now >= campaign.closes_at)
        return Refusal{refusal::campaign_closed, {{"closes_at", to_microseconds(campaign.closes_at)}}};
    if (now >= wanted.begins_at)
        return Refusal{refusal::class_started, {{"starts_at", to_microseconds(wanted.begins_at)}}};
    return std::nullopt;
}

}  // namespace

Decided<Event> enroll(const EnrollFacts& facts, const Enroll& command, const Actor& actor, UtcTime now)
{
    if (!permits(Enroll::rights, actor, facts.standing, command.person_id.uuid)) return refused(refusal::not_permitted);
    if (!facts.training_class) return refused(refusal::unknown_class);

    const auto& wanted = *facts.training_class;
    if (auto reason = not_the_time(wanted, now)) return tl::make_unexpected(*reason);
    if (auto reason = not_entitled(wanted, facts.person)) return tl::make_unexpected(*reason);
    if (facts.person.place)
        return refused(facts.person.place == Place::taken ? refusal::already_enrolled : refusal::already_waiting);
    if (auto reason = no_room(wanted, facts.person)) return tl::make_unexpected(*reason);

    if (wanted.free_seats() <= 0)
        return Waitlisted{command.class_id, command.campaign_id, command.person_id, now, wanted.waiting + 1};
    return SeatTaken{command.class_id, command.campaign_id, command.person_id, now, SeatTakenVia::first_come};
}

}  // namespace gonghui::training
