// An evening from its plan to the door.

#include "services/matchmaking/app/settle.hpp"
#include "services/matchmaking/domain/cancel_sign_up.hpp"
#include "services/matchmaking/domain/check_in.hpp"
#include "services/matchmaking/domain/plan_evening.hpp"
#include "services/matchmaking/domain/sign_up.hpp"

#include <algorithm>

namespace gonghui::matchmaking {

namespace {

using messaging::Reply;

Reply on_plan_evening(const PlanEvening& command, MatchmakingUnit& unit)
{
    const auto& actor = unit.context.actor;
    const PlanEveningFacts facts{.standing = unit.store.standing(actor, command.organisation_id.uuid),
                                 .id_is_taken = unit.store.evening(command.evening_id).has_value()};
    return settle(plan_evening(facts, command, actor, unit.context.now), unit);
}

SignUpReply reply_to(const Event& event)
{
    SignUpReply reply{.state = SignUpState::taken, .rank = 0};
    if (const auto* waits = std::get_if<SignUpWaitlisted>(&event))
        reply = {.state = SignUpState::waiting, .rank = waits->rank};
    return reply;
}

Reply on_sign_up(const SignUp& command, MatchmakingUnit& unit)
{
    const auto& actor = unit.context.actor;
    SignUpFacts facts{.standing = unit.store.standing(actor),
                      .participant = unit.store.participant(command.person_id),
                      .evening = unit.store.evening(command.evening_id),
                      .signed_up = unit.store.own_seat(command.evening_id, command.person_id).has_value(),
                      .load = {}};
    if (const auto& member = facts.participant.member) facts.load = unit.store.load(command.evening_id, member->side);
    const auto decided = sign_up(facts, command, actor, unit.context.now);
    if (!decided) return Reply::refused(decided.error());
    unit.record(*decided);
    return Reply::accepted(reply_to(decided->front()));
}

Reply on_cancel_sign_up(const CancelSignUp& command, MatchmakingUnit& unit)
{
    const auto& actor = unit.context.actor;
    const CancelSignUpFacts facts{.standing = unit.store.standing(actor),
                                  .evening = unit.store.evening(command.evening_id),
                                  .seat = unit.store.seat(command.evening_id, command.person_id)};
    return settle(cancel_sign_up(facts, command, actor, unit.context.now), unit);
}

// Codes are not stored: the holder is whoever of those who signed up derives to it.
std::optional<CodeHolder> holder_of(const CheckIn& command, const MatchmakingStore& store, const CheckInCodes& codes)
{
    const auto holders = store.holders(command.evening_id);
    const auto found = std::find_if(holders.begin(), holders.end(), [&](const CodeHolder& holder) {
        return codes.matches(command.code, command.evening_id, holder.person);
    });
    if (found == holders.end()) return std::nullopt;
    return *found;
}

Reply on_check_in(const CheckIn& command, MatchmakingUnit& unit, const Ports& ports)
{
    const auto& actor = unit.context.actor;
    const auto& store = unit.store;
    const auto evening = store.evening(command.evening_id);
    const auto place = evening ? std::optional(evening->organisation.uuid) : std::nullopt;
    const CheckInFacts facts{.standing = store.standing(actor, place),
                             .evening = evening,
                             .holder = holder_of(command, store, ports.codes),
                             .next_badge_male = store.next_badge(command.evening_id, Side::male),
                             .next_badge_female = store.next_badge(command.evening_id, Side::female)};
    const auto decided = check_in(facts, command, actor, unit.context.now);
    if (!decided) return Reply::refused(decided.error());
    unit.record(*decided);
    return Reply::accepted(CheckInReply{.side = decided->side, .badge = decided->badge});
}

}  // namespace

void wire_evenings(MatchmakingHandlers& handlers, const Ports& ports)
{
    handlers.command<PlanEvening>(on_plan_evening);
    handlers.command<SignUp>(on_sign_up);
    handlers.command<CancelSignUp>(on_cancel_sign_up);
    handlers.command<CheckIn>([ports](const auto& command, auto& unit) { return on_check_in(command, unit, ports); });
}

}  // namespace gonghui::matchmaking
