#pragma once
// The gate: an active, verified member who is in work, of age, has signed the declaration of being single and consented
// to the purpose at hand. Whatever is shown to others or done with others lies behind it.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

inline constexpr std::int64_t age_of_admission = 18;  // years

// Why the person stands outside; nullopt when they are within. Only the year of birth is known, so that a person counts
// as of age from the year after their eighteenth birthday's.
std::optional<Refusal> outside_gate(const Participant& participant, Purpose purpose, UtcTime now);

}  // namespace gonghui::matchmaking
