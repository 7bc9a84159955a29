#include "services/matchmaking/domain/plan_evening.hpp"

namespace gonghui::matchmaking {

Decided<Events> plan_evening(const PlanEveningFacts& facts, const PlanEvening& command, const Actor& actor, UtcTime now)
{
    if (!permits(PlanEvening::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (facts.id_is_taken) return refused(refusal::already_planned);
    // Sign-ups may go on while the evening runs: who comes late still finds a free place.
    const bool in_order =
        now < command.sign_up_until && command.sign_up_until <= command.ends_at && command.starts_at < command.ends_at;
    if (!in_order) return refused(refusal::times_out_of_order);
    return Events{EveningPlanned{.evening_id = command.evening_id,
                                 .organisation_id = command.organisation_id,
                                 .title_zh = command.title_zh,
                                 .title_en = command.title_en,
                                 .venue = command.venue,
                                 .starts_at = command.starts_at,
                                 .ends_at = command.ends_at,
                                 .sign_up_until = command.sign_up_until,
                                 .capacity_male = command.capacity_male,
                                 .capacity_female = command.capacity_female,
                                 .at = now}};
}

}  // namespace gonghui::matchmaking
