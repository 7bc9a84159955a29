#pragma once
// Actors, places and people for the tests of the rules. All of them are made up.

#include "services/registration/domain/facts.hpp"

#include <gtest/gtest.h>

namespace gonghui::registration::testing {

inline const UtcTime now = *parse_time("2026-03-01T12:00:00Z");

inline Uuid uuid(std::uint8_t number)
{
    Uuid id;
    id.bytes[15] = std::byte{number};
    return id;
}

inline const OrganisationId city{uuid(1)}, district{uuid(2)}, township{uuid(3)}, firm{uuid(4)}, other_firm{uuid(5)};
inline const PersonId zhang{uuid(11)}, li{uuid(12)};

inline Actor worker(PersonId person)
{
    return {Role::worker, person.uuid, {}, "gateway"};
}
inline Actor holder(Role role, OrganisationId place)
{
    return {role, uuid(99), place.uuid, "gateway"};
}
inline Actor operator_command()
{
    return {Role::service, {}, {}, "ctl"};
}

inline constexpr Standing inside{true, true};
inline constexpr Standing outside{true, false};
inline constexpr Standing without_role{false, true};

inline OrganisationFacts organisation(OrganisationId id, OrganisationKind kind, OrganisationId parent)
{
    OrganisationFacts facts;
    facts.id = id;
    facts.kind = kind;
    facts.parent = parent;
    return facts;
}

inline OrganisationFacts a_union(OrganisationId id = firm)
{
    auto facts = organisation(id, OrganisationKind::union_, township);
    facts.form = OrganisationForm::enterprise;
    return facts;
}

inline PersonFacts person_in(MembershipState state)
{
    PersonFacts facts{zhang, state, std::nullopt};
    if (state == MembershipState::member || state == MembershipState::retained) facts.organisation = firm;
    return facts;
}

// The refusal's code, or "accepted".
template <class Result>
std::string_view code_of(const Result& decided)
{
    return decided ? "accepted" : decided.error().code;
}

}  // namespace gonghui::registration::testing
