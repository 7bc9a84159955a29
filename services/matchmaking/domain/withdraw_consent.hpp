#pragma once
// A consent is taken back, with what rested on it. Always works, whatever the person's membership.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

struct WithdrawConsentFacts {
    Standing standing;
    Holdings holdings;
};

// Purpose profile: the profile goes, and the sign-ups that need it. Purpose evenings: the sign-ups go. Purpose
// contacts: nothing goes; name and contact are simply shown no more. No event when there was no consent.
Decided<Events> withdraw_consent(const WithdrawConsentFacts& facts, const WithdrawConsent& command, const Actor& actor,
                                 UtcTime now);

}  // namespace gonghui::matchmaking
