#include "services/registration/domain/membership.hpp"

namespace gonghui::registration {

namespace {

using Row = std::array<std::string_view, all_moves.size()>;
constexpr std::string_view legal;

using namespace refusal;

// Columns: apply, approve, join_by_roster, transfer, retain, restore, leave, erase.
constexpr std::array<Row, all_membership_states.size()> table{{
    /* stranger */ {legal, not_a_member, legal, not_a_member, not_a_member, not_a_member, not_a_member, legal},
    /* applied  */
    {already_applied, legal, legal, still_applying, still_applying, still_applying, still_applying, still_applying},
    /* member   */
    {already_member, already_member, already_member, legal, legal, already_member, legal, membership_first},
    /* retained */
    {already_member, already_member, already_member, legal, retained_already, legal, legal, membership_first},
    /* left     */ {legal, left_already, legal, left_already, left_already, left_already, left_already, legal},
    /* expelled */
    {legal, was_expelled, expelled_member, was_expelled, was_expelled, was_expelled, was_expelled, legal},
}};

}  // namespace

std::optional<std::string_view> why_not(MembershipState state, Move move)
{
    const auto reason = table.at(static_cast<std::size_t>(state)).at(static_cast<std::size_t>(move));
    return reason == legal ? std::nullopt : std::optional(reason);
}

}  // namespace gonghui::registration
