#include "services/registration/domain/move_organisation.hpp"

#include "services/registration/domain/found_organisation.hpp"

namespace gonghui::registration {

Decided<OrganisationMoved> move_organisation(const MoveOrganisationFacts& facts, const MoveOrganisation& command,
                                             const Actor& actor, UtcTime now)
{
    if (!permits(MoveOrganisation::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (!facts.organisation || !facts.parent) return refused(refusal::unknown_organisation);
    if (facts.organisation->closed || facts.parent->closed) return refused(refusal::organisation_closed);
    if (facts.parent_is_below || facts.organisation->parent == command.parent_id ||
        !may_stand_below(facts.organisation->kind, *facts.parent))
        return refused(refusal::wrong_place_in_tree);
    return OrganisationMoved{command.organisation_id, command.parent_id, now};
}

}  // namespace gonghui::registration
