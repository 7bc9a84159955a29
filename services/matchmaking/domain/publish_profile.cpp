#include "services/matchmaking/domain/publish_profile.hpp"

#include "services/matchmaking/domain/gate.hpp"

#include <algorithm>

namespace gonghui::matchmaking {

Decided<ProfilePublished> publish_profile(const PublishProfileFacts& facts, const PublishProfile& command,
                                          const Actor& actor, UtcTime now)
{
    if (!permits(PublishProfile::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (auto outside = outside_gate(facts.participant, Purpose::profile, now))
        return tl::make_unexpected(std::move(*outside));

    ProfilePublished event;
    event.person_id = command.person_id;
    event.sex = facts.participant.member->side;
    event.birth_year = facts.participant.member->birth_year;
    event.visible = command.visible;
    std::sort(event.visible.begin(), event.visible.end());
    event.visible.erase(std::unique(event.visible.begin(), event.visible.end()), event.visible.end());
    event.at = now;
    return event;
}

}  // namespace gonghui::matchmaking
