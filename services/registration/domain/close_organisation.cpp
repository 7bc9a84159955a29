#include "services/registration/domain/close_organisation.hpp"

namespace gonghui::registration {

Decided<std::vector<Event>> close_organisation(const CloseOrganisationFacts& facts, const CloseOrganisation& command,
                                               const Actor& actor, UtcTime now)
{
    if (!permits(CloseOrganisation::rights, actor, facts.standing, std::nullopt))
        return refused(refusal::not_permitted);
    if (!facts.organisation) return refused(refusal::unknown_organisation);
    if (facts.organisation->closed) return refused(refusal::organisation_closed);
    if (facts.organisation->kind != OrganisationKind::union_ || !facts.organisation->parent)
        return refused(refusal::not_a_union);
    if (facts.has_open_below) return refused(refusal::organisation_not_empty);

    const auto above = *facts.organisation->parent;
    std::vector<Event> events;
    events.reserve(facts.members.size() + facts.waiting.size() + facts.officers.size() + 1);
    for (const auto& member : facts.members) {
        MemberTransferred event{member.id, command.organisation_id, above, std::nullopt, now};
        if (member.state == MembershipState::retained) event.stays_retained = true;
        events.emplace_back(event);
    }
    for (const auto& waiting : facts.waiting)
        events.emplace_back(ApplicationRefused{waiting.application, waiting.person,
                                               ApplicationRefusalReason::wrong_union, std::nullopt, now});
    for (const auto& officer : facts.officers)
        events.emplace_back(RoleRevoked{officer, Office::officer, command.organisation_id, now});
    events.emplace_back(OrganisationClosed{command.organisation_id, above, now});
    return events;
}

}  // namespace gonghui::registration
