#include "services/matchmaking/domain/sign_up.hpp"

#include "services/matchmaking/domain/gate.hpp"

namespace gonghui::matchmaking {

Decided<Events> sign_up(const SignUpFacts& facts, const SignUp& command, const Actor& actor, UtcTime now)
{
    if (!permits(SignUp::rights, actor, facts.standing, command.person_id.uuid)) return refused(refusal::not_permitted);
    if (!facts.evening) return refused(refusal::unknown_evening);
    if (auto outside = outside_gate(facts.participant, Purpose::evenings, now))
        return tl::make_unexpected(std::move(*outside));
    if (!facts.participant.has_profile) return refused(refusal::no_profile);
    if (facts.signed_up) return refused(refusal::already_signed_up);
    if (facts.evening->is_over(now) || now > facts.evening->sign_up_until)
        return refused(refusal::sign_up_over, {{"sign_up_until", to_microseconds(facts.evening->sign_up_until)}});

    const auto side = facts.participant.member->side;
    if (facts.load.waiting == 0 && facts.load.taken < facts.evening->capacity(side))
        return Events{
            SignedUp{.evening_id = command.evening_id, .person_id = command.person_id, .side = side, .at = now}};
    return Events{SignUpWaitlisted{.evening_id = command.evening_id,
                                   .person_id = command.person_id,
                                   .side = side,
                                   .rank = facts.load.waiting + 1,
                                   .at = now}};
}

}  // namespace gonghui::matchmaking
