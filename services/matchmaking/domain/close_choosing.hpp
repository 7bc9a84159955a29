#pragma once
// Choosing ends, by command or by time, and the couples are found.

#include "services/matchmaking/domain/facts.hpp"

#include <utility>

namespace gonghui::matchmaking {

struct Attendee {
    PersonId person;
    Side side = Side::male;
};

struct Yes {
    PersonId chooser;
    PersonId chosen;
};

struct CloseChoosingFacts {
    Standing standing;
    std::optional<Evening> evening;
    std::vector<Attendee> attendees;                     // checked in and still there
    std::vector<Yes> wanted;                             // the choices that stand at yes
    std::vector<std::pair<PersonId, PersonId>> blocked;  // who blocked whom among the attendees
};

// ChoosingClosed, then a CoupleRevealed for every mutual yes between two who are still there and of which neither
// blocked the other, then a ResultReady for everyone who is there. A one-sided yes leaves no trace.
Decided<Events> close_choosing(const CloseChoosingFacts& facts, const CloseChoosing& command, const Actor& actor,
                               UtcTime now);

}  // namespace gonghui::matchmaking
