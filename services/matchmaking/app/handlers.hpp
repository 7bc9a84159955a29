#pragma once
// Every message that matchmaking answers or follows, wired to what it does. Load facts, decide, record.

#include "common/messaging/handlers.hpp"
#include "services/matchmaking/app/ports.hpp"
#include "services/matchmaking/storage/store.hpp"

namespace gonghui::matchmaking {

using MatchmakingUnit = messaging::Unit<MatchmakingStore>;
using MatchmakingHandlers = messaging::Handlers<MatchmakingStore>;

void wire_profiles(MatchmakingHandlers& handlers, const Ports& ports);
void wire_evenings(MatchmakingHandlers& handlers, const Ports& ports);
void wire_choosing(MatchmakingHandlers& handlers);
void wire_safety(MatchmakingHandlers& handlers, const Ports& ports);
void wire_queries(MatchmakingHandlers& handlers, const Ports& ports);
void wire_reactions(MatchmakingHandlers& handlers);

// All of them, and the replay of the own log.
void wire(MatchmakingHandlers& handlers, const Ports& ports);

// The keys of everyone who wrote what is kept, profiles and notes of reports: asked for at start, should the cache have
// been lost, because queries cannot wait for them.
void want_keys_of_texts(const MatchmakingStore& store, sealing::Keyring& keyring);

}  // namespace gonghui::matchmaking
