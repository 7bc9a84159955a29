#include "services/matchmaking/domain/cancel_sign_up.hpp"

#include "services/matchmaking/domain/leaving.hpp"

namespace gonghui::matchmaking {

Decided<Events> cancel_sign_up(const CancelSignUpFacts& facts, const CancelSignUp& command, const Actor& actor,
                               UtcTime now)
{
    if (!permits(CancelSignUp::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.evening) return refused(refusal::unknown_evening);
    if (!facts.seat) return refused(refusal::not_signed_up);
    if (facts.evening->state == EveningState::closed) return refused(refusal::evening_over);

    Events events;
    give_up_seat(*facts.seat, SignUpEnd::self, now, events);
    return events;
}

}  // namespace gonghui::matchmaking
