#include "services/training/domain/open_class.hpp"

namespace gonghui::training {

namespace {

bool in_order(const std::vector<Session>& sessions)
{
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        if (sessions[i].ends_at <= sessions[i].starts_at) return false;
        if (i > 0 && sessions[i].starts_at < sessions[i - 1].ends_at) return false;
    }
    return !sessions.empty();
}

}  // namespace

Decided<ClassOpened> open_class(const OpenFacts& facts, const OpenClass& command, const Actor& actor)
{
    if (!permits(OpenClass::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (!facts.campaign) return refused(refusal::unknown_campaign);
    if (!facts.course_exists) return refused(refusal::unknown_course);
    if (!facts.organisations_known) return refused(refusal::unknown_organisation);
    if (facts.class_exists) return refused(refusal::class_exists);
    if (!in_order(command.sessions)) return refused(refusal::sessions_invalid);
    if (command.minimum && *command.minimum > command.capacity) return refused(refusal::minimum_above_capacity);
    return ClassOpened{command.class_id,  command.campaign_id,
                       command.course_id, command.organisation_id.value_or(facts.campaign->organisation),
                       command.capacity,  command.minimum,
                       command.teacher,   command.venue,
                       command.sessions,  command.eligibility};
}

}  // namespace gonghui::training
