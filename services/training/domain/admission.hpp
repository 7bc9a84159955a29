#pragma once
// Who may have a seat. Enrolling, promotion and the answer to "why was I passed over" all ask here, so that they cannot
// differ.

#include "common/result/refusal.hpp"
#include "services/training/domain/facts.hpp"

namespace gonghui::training {

// not_a_member or not_eligible; nullopt when the class is open to this person.
[[nodiscard]] std::optional<Refusal> not_entitled(const ClassFacts& wanted, const PersonFacts& person);

// personal_cap_reached or time_clash (with the class that it clashes with): what the person holds already leaves no
// room for one more. Sessions that only touch do not clash.
[[nodiscard]] std::optional<Refusal> no_room(const ClassFacts& wanted, const PersonFacts& person);

// Until when a seat that frees now would be kept for the next in line: the campaign's time for an answer, but never
// later than an hour before the class begins. nullopt when that has passed, and the line no longer moves.
[[nodiscard]] std::optional<UtcTime> offer_until(const ClassFacts& freed, UtcTime now);

// Why a free seat of the class would not go to this person; nullopt when it would.
[[nodiscard]] std::optional<Refusal> passed_over(const ClassFacts& freed, const PersonFacts& person, UtcTime now);

}  // namespace gonghui::training
