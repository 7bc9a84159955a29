#pragma once
// A member publishes a profile, or replaces the one before as a whole.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

struct PublishProfileFacts {
    Standing standing;
    Participant participant;
};

// The event comes without its texts: they are none of the rule's business, and the caller seals them into it.
Decided<ProfilePublished> publish_profile(const PublishProfileFacts& facts, const PublishProfile& command,
                                          const Actor& actor, UtcTime now);

}  // namespace gonghui::matchmaking
