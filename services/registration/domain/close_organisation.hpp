#pragma once
// A grassroots union is closed (its firm is gone): its members go to the organisation above without a gap, whoever
// waits to join it is told, and its officers lose their role.

#include "common/result/refusal.hpp"
#include "services/registration/domain/facts.hpp"

#include <vector>

namespace gonghui::registration {

struct CloseOrganisationFacts {
    struct Waiting {
        ApplicationId application;
        PersonId person;
    };

    Standing standing;
    std::optional<OrganisationFacts> organisation;
    bool has_open_below = false;
    std::vector<PersonFacts> members;
    std::vector<Waiting> waiting;
    std::vector<PersonId> officers;
};

Decided<std::vector<Event>> close_organisation(const CloseOrganisationFacts& facts, const CloseOrganisation& command,
                                               const Actor& actor, UtcTime now);

}  // namespace gonghui::registration
