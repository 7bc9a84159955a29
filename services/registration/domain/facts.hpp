#pragma once
// What the rules are told: how things stand, loaded by app/ from the store.

#include "common/actor/actor.hpp"
#include "schemas/generated/registration/messages.hpp"

#include <optional>

namespace gonghui::registration {

struct OrganisationFacts {
    OrganisationId id;
    std::optional<OrganisationId> parent;
    OrganisationKind kind = OrganisationKind::union_;
    std::optional<OrganisationForm> form;
    bool new_employment = false;
    bool closed = false;
};

struct PersonFacts {
    PersonId id;
    MembershipState state = MembershipState::stranger;
    std::optional<OrganisationId> organisation;  // of the membership; nullopt for who has none
};

// For what touches two places: the actor must cover both.
constexpr Standing both(const Standing& one, const Standing& other)
{
    return {one.holds_role && other.holds_role, one.covers_target && other.covers_target};
}

}  // namespace gonghui::registration
