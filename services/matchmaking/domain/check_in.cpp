#include "services/matchmaking/domain/check_in.hpp"

namespace gonghui::matchmaking {

Decided<CheckedIn> check_in(const CheckInFacts& facts, const CheckIn& command, const Actor& actor, UtcTime now)
{
    if (!permits(CheckIn::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (!facts.evening) return refused(refusal::unknown_evening);
    if (facts.evening->is_over(now)) return refused(refusal::evening_over);
    if (!facts.holder || facts.holder->state == SeatState::waiting) return refused(refusal::wrong_code);
    if (facts.holder->state == SeatState::checked_in) return refused(refusal::already_checked_in);

    const auto side = facts.holder->side;
    return CheckedIn{.evening_id = command.evening_id,
                     .person_id = facts.holder->person,
                     .side = side,
                     .badge = side == Side::male ? facts.next_badge_male : facts.next_badge_female,
                     .at = now};
}

}  // namespace gonghui::matchmaking
