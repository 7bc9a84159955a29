#pragma once
// The life of a membership, as one table: what may happen in which state.
//
//     stranger -> applied -> member <-> retained -> left or expelled -> applied -> ...
//
// Who has neither a membership nor an application may be erased, and is unknown from then on.
//
// At most one membership stands at any time: who is a member or retained can neither apply nor be named by a roster
// again. Who left may come back; who was expelled must apply, so that an officer decides.

#include "schemas/generated/registration/messages.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace gonghui::registration {

enum class Move : std::uint8_t { apply, approve, join_by_roster, transfer, retain, restore, leave, erase };

inline constexpr std::array all_moves{Move::apply,  Move::approve, Move::join_by_roster, Move::transfer,
                                      Move::retain, Move::restore, Move::leave,          Move::erase};
inline constexpr std::array all_membership_states{MembershipState::stranger, MembershipState::applied,
                                                  MembershipState::member,   MembershipState::retained,
                                                  MembershipState::left,     MembershipState::expelled};

// nullopt: the move is legal. Otherwise the refusal's code.
std::optional<std::string_view> why_not(MembershipState state, Move move);

constexpr bool is_active(MembershipState state)
{
    return state == MembershipState::member || state == MembershipState::retained;
}

}  // namespace gonghui::registration
