#pragma once
// What follows here when registration says that somebody is no member any more, or no longer in work.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

// Left or expelled: declaration, profile and sign-ups end; the places go to the next in line.
Events on_membership_ended(const Holdings& holdings, const PersonId& person, UtcTime now);

// Retired or out of work: profile and sign-ups end. The declaration stands, for a return to work.
Events on_out_of_work(const Holdings& holdings, const PersonId& person, UtcTime now);

}  // namespace gonghui::matchmaking
