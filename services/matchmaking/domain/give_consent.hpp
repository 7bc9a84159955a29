#pragma once
// A member consents to one purpose; each purpose stands alone.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

struct GiveConsentFacts {
    Standing standing;
    Participant participant;
};

// No event when the consent stands already.
Decided<Events> give_consent(const GiveConsentFacts& facts, const GiveConsent& command, const Actor& actor,
                             UtcTime now);

}  // namespace gonghui::matchmaking
