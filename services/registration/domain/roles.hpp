#pragma once
// Who may act where. Roles are given from above: only a role below one's own, only within one's own place, and only at
// a place of the role's level. The first ones come from the operator.

#include "common/result/refusal.hpp"
#include "services/registration/domain/facts.hpp"

namespace gonghui::registration {

struct RoleFacts {
    Standing standing;  // towards the place
    std::optional<OrganisationFacts> place;
    bool held = false;
};

Decided<RoleGranted> grant_role(const RoleFacts& facts, const GrantRole& command, const Actor& actor, UtcTime now);
Decided<RoleRevoked> revoke_role(const RoleFacts& facts, const RevokeRole& command, const Actor& actor, UtcTime now);

Role role_of(Office office);

}  // namespace gonghui::registration
