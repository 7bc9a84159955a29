#pragma once
// Giving things up: what every way out of the gate and every cancelled sign-up have in common.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

// Cancels one sign-up; a place that becomes free goes at once to the next in line of the same side, unless the evening
// is over.
void give_up_seat(const Seat& seat, SignUpEnd reason, UtcTime now, Events& events);
void give_up_seats(const std::vector<Seat>& seats, SignUpEnd reason, UtcTime now, Events& events);

// The profile, if there is one.
void give_up_profile(const Participant& participant, const PersonId& person, ProfileEnd reason, UtcTime now,
                     Events& events);

}  // namespace gonghui::matchmaking
