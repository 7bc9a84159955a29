#pragma once
// One person reports another to the district. Always works, within the gate or outside.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

struct ReportPersonFacts {
    Standing standing;
    bool other_is_known = false;
    bool id_is_taken = false;
};

// The event comes without the note; the caller seals it into it.
Decided<PersonReported> report_person(const ReportPersonFacts& facts, const ReportPerson& command, const Actor& actor,
                                      UtcTime now);

}  // namespace gonghui::matchmaking
