#pragma once
// Who may read what. The queries ask here before they look anything up.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

// Others' profiles are shown within the gate alone.
std::optional<Refusal> may_browse(const Standing& standing, const Participant& asker, const Browse& query,
                                  const Actor& actor, UtcTime now);

// Couples are shown once choosing is closed.
std::optional<Refusal> may_see_results(const Standing& standing, const std::optional<Evening>& evening,
                                       const MyResults& query, const Actor& actor);

// Name and contact pass from one of a couple to the other while both consent to it: who shows nothing is shown nothing.
bool contacts_pass(const Participant& asker, const Participant& other);

}  // namespace gonghui::matchmaking
