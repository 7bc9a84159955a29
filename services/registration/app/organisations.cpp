#include "schemas/generated/registration/codecs.hpp"
#include "services/registration/app/handlers.hpp"
#include "services/registration/domain/close_organisation.hpp"
#include "services/registration/domain/found_organisation.hpp"
#include "services/registration/domain/move_organisation.hpp"
#include "services/registration/domain/organisation_code.hpp"
#include "services/registration/domain/roles.hpp"

namespace gonghui::registration {

namespace {

using messaging::Reply;

Reply handle_founding(const FoundOrganisation& command, RegistrationUnit& unit)
{
    FoundOrganisationFacts facts;
    facts.standing = standing_towards(unit.store, unit.context.actor, command.parent_id);
    facts.exists = unit.store.organisation(command.organisation_id).has_value();
    facts.tree_is_empty = unit.store.tree_is_empty();
    if (command.parent_id) facts.parent = unit.store.organisation(*command.parent_id);
    if (command.code)
        if (const auto code = read_organisation_code(*command.code))
            facts.code_taken = unit.store.organisation_with_code(*code).has_value();
    const auto decided = found_organisation(facts, command, unit.context.actor, unit.context.now);
    return settled(decided, unit, FoundOrganisationReply{});
}

Reply handle_moving(const MoveOrganisation& command, RegistrationUnit& unit)
{
    MoveOrganisationFacts facts;
    facts.standing = both(standing_towards(unit.store, unit.context.actor, std::optional(command.organisation_id)),
                          standing_towards(unit.store, unit.context.actor, std::optional(command.parent_id)));
    facts.organisation = unit.store.organisation(command.organisation_id);
    facts.parent = unit.store.organisation(command.parent_id);
    facts.parent_is_below = unit.store.places().covers(command.organisation_id.uuid, command.parent_id.uuid);
    const auto decided = move_organisation(facts, command, unit.context.actor, unit.context.now);
    return settled(decided, unit, MoveOrganisationReply{});
}

Reply handle_closing(const CloseOrganisation& command, RegistrationUnit& unit)
{
    CloseOrganisationFacts facts;
    facts.standing = standing_towards(unit.store, unit.context.actor, std::optional(command.organisation_id));
    facts.organisation = unit.store.organisation(command.organisation_id);
    facts.has_open_below = unit.store.has_open_below(command.organisation_id);
    facts.members = unit.store.members_of(command.organisation_id);
    facts.waiting = unit.store.waiting_at(command.organisation_id);
    facts.officers = unit.store.officers_of(command.organisation_id);
    const auto decided = close_organisation(facts, command, unit.context.actor, unit.context.now);
    return settled(decided, unit, CloseOrganisationReply{static_cast<std::int64_t>(facts.members.size())});
}

// What granting and revoking need to know is the same.
template <class Command>
RoleFacts role_facts(const Command& command, const RegistrationUnit& unit)
{
    RoleFacts facts;
    facts.standing = standing_towards(unit.store, unit.context.actor, std::optional(command.place_id));
    facts.place = unit.store.organisation(command.place_id);
    facts.held = unit.store.holds(command.person_id, command.role, command.place_id);
    return facts;
}

}  // namespace

void handle_organisations(RegistrationHandlers& handlers)
{
    handlers.command<FoundOrganisation>(handle_founding);
    handlers.command<MoveOrganisation>(handle_moving);
    handlers.command<CloseOrganisation>(handle_closing);
    handlers.command<GrantRole>([](const GrantRole& command, RegistrationUnit& unit) {
        const auto decided = grant_role(role_facts(command, unit), command, unit.context.actor, unit.context.now);
        return settled(decided, unit, GrantRoleReply{});
    });
    handlers.command<RevokeRole>([](const RevokeRole& command, RegistrationUnit& unit) {
        const auto decided = revoke_role(role_facts(command, unit), command, unit.context.actor, unit.context.now);
        return settled(decided, unit, RevokeRoleReply{});
    });
}

}  // namespace gonghui::registration
