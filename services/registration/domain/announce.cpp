#include "services/registration/domain/announce.hpp"

namespace gonghui::registration {

Decided<Announced> announce(const AnnounceFacts& facts, const Announce& command, const Actor& actor, UtcTime now)
{
    if (!permits(Announce::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (!facts.organisation) return refused(refusal::unknown_organisation);
    if (facts.organisation->closed) return refused(refusal::organisation_closed);
    if (facts.exists) return refused(refusal::announcement_exists);
    if (facts.members == 0) return refused(refusal::nobody_to_tell);
    return Announced{command.announcement_id,
                     command.organisation_id,
                     command.title_zh,
                     command.title_en,
                     command.text_zh,
                     command.text_en,
                     facts.members,
                     actor.person,
                     now};
}

AnnouncementAddressed address(const AnnouncementId& announcement, std::vector<PersonId> people, UtcTime now)
{
    const bool is_last = std::cmp_less(people.size(), addressed_at_once);
    return {announcement, std::move(people), is_last, now};
}

}  // namespace gonghui::registration
