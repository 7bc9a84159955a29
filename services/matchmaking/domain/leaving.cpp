#include "services/matchmaking/domain/leaving.hpp"

namespace gonghui::matchmaking {

void give_up_seat(const Seat& seat, SignUpEnd reason, UtcTime now, Events& events)
{
    events.emplace_back(SignUpCancelled{.evening_id = seat.evening.id,
                                        .person_id = seat.person,
                                        .side = seat.side,
                                        .had_place = seat.is_place(),
                                        .reason = reason,
                                        .at = now});
    if (!seat.is_place() || !seat.next_in_line || seat.evening.is_over(now)) return;
    events.emplace_back(
        SignUpPromoted{.evening_id = seat.evening.id, .person_id = *seat.next_in_line, .side = seat.side, .at = now});
}

void give_up_seats(const std::vector<Seat>& seats, SignUpEnd reason, UtcTime now, Events& events)
{
    for (const auto& seat : seats) give_up_seat(seat, reason, now, events);
}

void give_up_profile(const Participant& participant, const PersonId& person, ProfileEnd reason, UtcTime now,
                     Events& events)
{
    if (participant.has_profile)
        events.emplace_back(ProfileWithdrawn{.person_id = person, .reason = reason, .at = now});
}

}  // namespace gonghui::matchmaking
