#pragma once
// Organisations form a tree: city, district, township or street, grassroots union; a village federation or a joint
// union may hold unions of single firms.

#include "common/result/refusal.hpp"
#include "services/registration/domain/facts.hpp"

namespace gonghui::registration {

struct FoundOrganisationFacts {
    Standing standing;  // towards the parent
    bool exists = false;
    bool tree_is_empty = false;
    std::optional<OrganisationFacts> parent;
    bool code_taken = false;
};

Decided<OrganisationFounded> found_organisation(const FoundOrganisationFacts& facts, const FoundOrganisation& command,
                                                const Actor& actor, UtcTime now);

// Whether an organisation of this kind may hang below `parent`.
bool may_stand_below(OrganisationKind kind, const OrganisationFacts& parent);

}  // namespace gonghui::registration
