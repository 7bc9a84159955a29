#pragma once
// An organisation changes its place in the tree, with everything below it.

#include "common/result/refusal.hpp"
#include "services/registration/domain/facts.hpp"

namespace gonghui::registration {

struct MoveOrganisationFacts {
    Standing standing;  // towards the organisation and the new parent
    std::optional<OrganisationFacts> organisation;
    std::optional<OrganisationFacts> parent;
    bool parent_is_below = false;  // the new parent is the organisation itself or lies below it
};

Decided<OrganisationMoved> move_organisation(const MoveOrganisationFacts& facts, const MoveOrganisation& command,
                                             const Actor& actor, UtcTime now);

}  // namespace gonghui::registration
