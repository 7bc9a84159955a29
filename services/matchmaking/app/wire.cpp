#include "services/matchmaking/app/settle.hpp"

namespace gonghui::matchmaking {

void wire(MatchmakingHandlers& handlers, const Ports& ports)
{
    wire_profiles(handlers, ports);
    wire_evenings(handlers, ports);
    wire_choosing(handlers);
    wire_safety(handlers, ports);
    wire_queries(handlers, ports);
    wire_reactions(handlers);
    handlers.own_all<Event>();
}

void want_keys_of_texts(const MatchmakingStore& store, sealing::Keyring& keyring)
{
    for (const auto& owner : store.owners_of_texts()) keyring.find_or_want(owner.uuid);
}

}  // namespace gonghui::matchmaking
