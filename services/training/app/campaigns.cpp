// Courses, campaigns and classes.

#include "schemas/generated/training/codecs.hpp"
#include "services/training/app/commands.hpp"
#include "services/training/domain/change_campaign.hpp"

namespace gonghui::training {

using messaging::Reply;

namespace {

bool organisations_known(const TrainingStore& store, const OpenClass& command)
{
    if (command.organisation_id && !store.organisation_known(*command.organisation_id)) return false;
    if (!command.eligibility || !command.eligibility->organisation_id) return true;
    return store.organisation_known(*command.eligibility->organisation_id);
}

template <class Event>
Reply recorded(const Decided<Event>& decided, TrainingUnit& unit)
{
    if (!decided) return Reply::refused(decided.error());
    unit.record(*decided);
    return Reply::accepted();
}

}  // namespace

Reply handle(const AddCourse& command, TrainingUnit& unit)
{
    const auto& actor = unit.context.actor;
    const CourseFacts facts{unit.store.course_exists(command.course_id),
                            unit.store.places().standing(actor, std::nullopt)};
    return recorded(add_course(facts, command, actor), unit);
}

Reply handle(const PlanCampaign& command, TrainingUnit& unit)
{
    const auto& actor = unit.context.actor;
    const PlanFacts facts{unit.store.campaign(command.campaign_id).has_value(),
                          unit.store.organisation_known(command.organisation_id),
                          unit.store.places().standing(actor, command.organisation_id.uuid)};
    return recorded(plan_campaign(facts, command, actor), unit);
}

Reply handle(const ChangeCampaign& command, TrainingUnit& unit)
{
    const auto& actor = unit.context.actor;
    const ChangeFacts facts{unit.store.campaign(command.campaign_id),
                            unit.store.places().standing(actor, unit.store.organisation_of(command.campaign_id))};
    return recorded(change_campaign(facts, command, actor, unit.context.now), unit);
}

Reply handle(const OpenClass& command, TrainingUnit& unit)
{
    const auto& actor = unit.context.actor;
    const OpenFacts facts{unit.store.campaign(command.campaign_id), unit.store.course_exists(command.course_id),
                          unit.store.class_exists(command.class_id), organisations_known(unit.store, command),
                          unit.store.places().standing(actor, unit.store.organisation_of(command.campaign_id))};
    return recorded(open_class(facts, command, actor), unit);
}

}  // namespace gonghui::training
