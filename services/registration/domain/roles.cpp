#include "services/registration/domain/roles.hpp"

namespace gonghui::registration {

Role role_of(Office office)
{
    switch (office) {
        case Office::officer:
            return Role::officer;
        case Office::township:
            return Role::township;
        case Office::district:
            return Role::district;
        case Office::city:
            return Role::city;
    }
    return Role::worker;
}

namespace {

OrganisationKind level_of(Office office)
{
    switch (office) {
        case Office::officer:
            return OrganisationKind::union_;
        case Office::township:
            return OrganisationKind::township;
        case Office::district:
            return OrganisationKind::district;
        case Office::city:
            return OrganisationKind::city;
    }
    return OrganisationKind::union_;
}

// Roles rise in the order of their enum; a service (the operator's command) stands above all.
bool is_below_own(Office office, const Actor& actor)
{
    return role_of(office) < actor.role;
}

}  // namespace

Decided<RoleGranted> grant_role(const RoleFacts& facts, const GrantRole& command, const Actor& actor, UtcTime now)
{
    if (!permits(GrantRole::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (!is_below_own(command.role, actor)) return refused(refusal::role_not_below_own);
    if (!facts.place) return refused(refusal::unknown_organisation);
    if (facts.place->closed) return refused(refusal::organisation_closed);
    if (facts.place->kind != level_of(command.role)) return refused(refusal::role_does_not_fit_place);
    if (facts.held) return refused(refusal::role_already_held);
    return RoleGranted{command.person_id, command.role, command.place_id, now};
}

Decided<RoleRevoked> revoke_role(const RoleFacts& facts, const RevokeRole& command, const Actor& actor, UtcTime now)
{
    if (!permits(RevokeRole::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (!is_below_own(command.role, actor)) return refused(refusal::role_not_below_own);
    if (!facts.place) return refused(refusal::unknown_organisation);
    if (!facts.held) return refused(refusal::role_not_held);
    return RoleRevoked{command.person_id, command.role, command.place_id, now};
}

}  // namespace gonghui::registration
