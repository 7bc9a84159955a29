#pragma once

#include "common/result/refusal.hpp"
#include "services/training/domain/facts.hpp"

namespace gonghui::training {

struct EnrollFacts {
    std::optional<ClassFacts> training_class;  // nullopt: no such class in this campaign
    PersonFacts person;
    Standing standing;  // of the actor towards the person's organisation
};

// SeatTaken while a seat is free, Waitlisted when the class is full. The order of the checks is part of the contract:
// a caller is told the first thing that stands in the way.
[[nodiscard]] Decided<Event> enroll(const EnrollFacts& facts, const Enroll& command, const Actor& actor, UtcTime now);

}  // namespace gonghui::training
