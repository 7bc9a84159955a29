#pragma once

#include "common/result/refusal.hpp"
#include "services/training/domain/facts.hpp"

namespace gonghui::training {

// What a rule about one person's place in one class is told.
struct PlaceFacts {
    std::optional<ClassFacts> training_class;  // nullopt: no such class in this campaign
    std::optional<Place> place;                // the person's, in this class
    std::optional<UtcTime> offer_expires_at;   // with Place::offered
    Standing standing;                         // of the actor towards the person's organisation
};

// EnrollmentCancelled for a seat or an offer, WaitingLeft for a place in line. The campaign's deadline binds the
// person; an officer may give their seat back until the class begins.
[[nodiscard]] Decided<Event> cancel(const PlaceFacts& facts, const Cancel& command, const Actor& actor, UtcTime now);

}  // namespace gonghui::training
