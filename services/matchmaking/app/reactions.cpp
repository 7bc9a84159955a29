// What follows here from what happens in registration.

#include "schemas/generated/registration/codecs.hpp"
#include "services/matchmaking/app/settle.hpp"
#include "services/matchmaking/domain/on_membership.hpp"

namespace gonghui::matchmaking {

void wire_reactions(MatchmakingHandlers& handlers)
{
    handlers.read_model("registration", read_model_of_registration());
    handlers.follow<registration::OrganisationFounded>();
    handlers.follow<registration::OrganisationMoved>();
    handlers.follow<registration::RoleGranted>();
    handlers.follow<registration::RoleRevoked>();
    handlers.follow<registration::MemberJoined>();
    handlers.follow<registration::MemberTransferred>();
    handlers.follow<registration::MemberRestored>();
    handlers.follow<registration::PersonErased>([](const auto& event, auto& unit) {
        unit.record(PersonForgotten{event.person_id, unit.context.now});
    });
    handlers.follow<registration::MemberRetained>([](const auto& event, auto& unit) {
        unit.record(on_out_of_work(unit.store.holdings(event.person_id), event.person_id, unit.context.now));
    });
    handlers.follow<registration::MemberLeft>([](const auto& event, auto& unit) {
        unit.record(on_membership_ended(unit.store.holdings(event.person_id), event.person_id, unit.context.now));
    });
}

}  // namespace gonghui::matchmaking
