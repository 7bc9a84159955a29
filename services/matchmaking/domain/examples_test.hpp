#pragma once
// People and evenings for the tests of the rules; all synthetic.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking::examples {

inline Uuid uuid(int number)
{
    Uuid id;
    id.bytes[15] = static_cast<std::byte>(number);
    id.bytes[14] = static_cast<std::byte>(number >> 8);
    return id;
}

inline PersonId person(int number)
{
    return PersonId(uuid(number));
}

inline const UtcTime now = UtcTime{std::chrono::sys_days{std::chrono::year{2026} / 3 / 7}} + std::chrono::hours(10);

inline Actor worker(int number)
{
    return Actor{.role = Role::worker, .person = uuid(number), .place = {}, .service = "gateway"};
}

inline Actor officer()
{
    return Actor{.role = Role::officer, .person = uuid(900), .place = uuid(800), .service = "gateway"};
}

inline constexpr Standing self{.holds_role = true, .covers_target = false};
inline constexpr Standing in_charge{.holds_role = true, .covers_target = true};

inline Participant within_the_gate(Side side)
{
    return Participant{.member = Member{.is_active = true, .is_retained = false, .side = side, .birth_year = 1997},
                       .declared_by = DeclarationId(uuid(700)),
                       .consents = {.profile = true, .evenings = true, .contacts = true},
                       .has_profile = true};
}

inline Evening evening(EveningState state = EveningState::planned)
{
    return Evening{.id = EveningId(uuid(600)),
                   .organisation = OrganisationId(uuid(800)),
                   .starts_at = now + std::chrono::hours(2),
                   .ends_at = now + std::chrono::hours(5),
                   .sign_up_until = now + std::chrono::hours(1),
                   .state = state,
                   .capacity_male = 2,
                   .capacity_female = 2};
}

inline Seat seat(int number, Side side, SeatState state, std::optional<PersonId> next = std::nullopt)
{
    return Seat{.evening = evening(), .person = person(number), .side = side, .state = state, .next_in_line = next};
}

}  // namespace gonghui::matchmaking::examples
