#pragma once
// A member takes a place at an evening, or a place in the line of their side.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

struct SignUpFacts {
    Standing standing;
    Participant participant;
    std::optional<Evening> evening;
    bool signed_up = false;
    SideLoad load;  // of the person's side
};

// One event: SignedUp or SignUpWaitlisted. Nobody overtakes who waits.
Decided<Events> sign_up(const SignUpFacts& facts, const SignUp& command, const Actor& actor, UtcTime now);

}  // namespace gonghui::matchmaking
