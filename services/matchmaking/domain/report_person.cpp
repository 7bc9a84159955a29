#include "services/matchmaking/domain/report_person.hpp"

namespace gonghui::matchmaking {

Decided<PersonReported> report_person(const ReportPersonFacts& facts, const ReportPerson& command, const Actor& actor,
                                      UtcTime now)
{
    if (!permits(ReportPerson::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.other_is_known || command.reported_id == command.person_id) return refused(refusal::unknown_person);
    if (facts.id_is_taken) return refused(refusal::already_reported);
    PersonReported event;
    event.report_id = command.report_id;
    event.reporter_id = command.person_id;
    event.reported_id = command.reported_id;
    event.reason = command.reason;
    event.at = now;
    return event;
}

}  // namespace gonghui::matchmaking
