#pragma once
// A member takes the own profile away. Always works.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

struct WithdrawProfileFacts {
    Standing standing;
    Holdings holdings;
};

// The sign-ups go with it: nobody sits at an evening without a profile.
Decided<Events> withdraw_profile(const WithdrawProfileFacts& facts, const WithdrawProfile& command, const Actor& actor,
                                 UtcTime now);

}  // namespace gonghui::matchmaking
