// A person's place in a class: taken, given back, offered, answered.

#include "schemas/generated/training/codecs.hpp"
#include "services/training/app/commands.hpp"
#include "services/training/domain/accept_offer.hpp"
#include "services/training/domain/decline_offer.hpp"

namespace gonghui::training {

using messaging::Reply;

namespace {

// Of the actor towards the person whom the command is about.
Standing standing_towards(const PersonId& person, const TrainingUnit& unit)
{
    return unit.store.places().standing(unit.context.actor, unit.store.organisation_of(person));
}

template <class Command>
PlaceFacts place_facts(const Command& command, const TrainingUnit& unit)
{
    auto facts = unit.store.place_facts(command.campaign_id, command.class_id, command.person_id);
    facts.standing = standing_towards(command.person_id, unit);
    return facts;
}

EnrollReply answer(const Event& event)
{
    if (const auto* waitlisted = std::get_if<Waitlisted>(&event)) return {EnrollReplyState::waiting, waitlisted->rank};
    return {EnrollReplyState::taken, std::nullopt};
}

}  // namespace

Reply handle(const Enroll& command, TrainingUnit& unit)
{
    const auto& actor = unit.context.actor;
    auto facts = unit.store.enroll_facts(command.campaign_id, command.class_id, command.person_id);
    const auto& organisation = facts.person.organisation;
    facts.standing =
        unit.store.places().standing(actor, organisation ? std::optional(organisation->uuid) : std::nullopt);
    const auto decided = enroll(facts, command, actor, unit.context.now);
    if (!decided) return Reply::refused(decided.error());
    unit.record(*decided);
    return Reply::accepted(answer(*decided));
}

Reply handle(const Cancel& command, TrainingUnit& unit)
{
    const auto decided = cancel(place_facts(command, unit), command, unit.context.actor, unit.context.now);
    if (!decided) return Reply::refused(decided.error());
    unit.record(*decided);
    give_on(command.class_id, command.person_id, unit);
    return Reply::accepted();
}

Reply handle(const AcceptOffer& command, TrainingUnit& unit)
{
    const auto decided = accept_offer(place_facts(command, unit), command, unit.context.actor, unit.context.now);
    if (!decided) return Reply::refused(decided.error());
    unit.record(*decided);
    return Reply::accepted();
}

Reply handle(const DeclineOffer& command, TrainingUnit& unit)
{
    const auto decided = decline_offer(place_facts(command, unit), command, unit.context.actor, unit.context.now);
    if (!decided) return Reply::refused(decided.error());
    unit.record(*decided);
    give_on(command.class_id, command.person_id, unit);
    return Reply::accepted();
}

}  // namespace gonghui::training
