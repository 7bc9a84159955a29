#pragma once
// Something is told to every member of an organisation and those below it. Who they are is written down in steps: a
// district has a million members, and no transaction may hold up the others for so long.

#include "common/result/refusal.hpp"
#include "services/registration/domain/facts.hpp"

#include <vector>

namespace gonghui::registration {

inline constexpr std::int64_t addressed_at_once = 500;          // the schema's bound
inline constexpr std::chrono::milliseconds between_steps{100};  // room for whoever else wants something

struct AnnounceFacts {
    Standing standing;
    std::optional<OrganisationFacts> organisation;
    bool exists = false;
    std::int64_t members = 0;
};

Decided<Announced> announce(const AnnounceFacts& facts, const Announce& command, const Actor& actor, UtcTime now);

// The next step, to `people`: the next members in order, at most addressed_at_once.
AnnouncementAddressed address(const AnnouncementId& announcement, std::vector<PersonId> people, UtcTime now);

}  // namespace gonghui::registration
