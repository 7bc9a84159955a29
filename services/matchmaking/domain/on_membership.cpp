#include "services/matchmaking/domain/on_membership.hpp"

#include "services/matchmaking/domain/leaving.hpp"

namespace gonghui::matchmaking {

Events on_membership_ended(const Holdings& holdings, const PersonId& person, UtcTime now)
{
    const auto& [participant, seats] = holdings;
    Events events;
    if (participant.declared_by)
        events.emplace_back(
            DeclarationLapsed{.declaration_id = *participant.declared_by, .person_id = person, .at = now});
    give_up_profile(participant, person, ProfileEnd::left, now, events);
    give_up_seats(seats, SignUpEnd::left, now, events);
    return events;
}

Events on_out_of_work(const Holdings& holdings, const PersonId& person, UtcTime now)
{
    const auto& [participant, seats] = holdings;
    Events events;
    give_up_profile(participant, person, ProfileEnd::not_in_work, now, events);
    give_up_seats(seats, SignUpEnd::not_in_work, now, events);
    return events;
}

}  // namespace gonghui::matchmaking
