#include "services/matchmaking/domain/reading.hpp"

#include "services/matchmaking/domain/gate.hpp"

namespace gonghui::matchmaking {

std::optional<Refusal> may_browse(const Standing& standing, const Participant& asker, const Browse& query,
                                  const Actor& actor, UtcTime now)
{
    if (!permits(Browse::rights, actor, standing, query.person_id.uuid)) return Refusal{refusal::not_permitted, {}};
    return outside_gate(asker, Purpose::profile, now);
}

std::optional<Refusal> may_see_results(const Standing& standing, const std::optional<Evening>& evening,
                                       const MyResults& query, const Actor& actor)
{
    if (!permits(MyResults::rights, actor, standing, query.person_id.uuid)) return Refusal{refusal::not_permitted, {}};
    if (!evening) return Refusal{refusal::unknown_evening, {}};
    if (evening->state != EveningState::closed) return Refusal{refusal::choosing_not_over, {}};
    return std::nullopt;
}

bool contacts_pass(const Participant& asker, const Participant& other)
{
    return asker.consents.contacts && other.consents.contacts && asker.has_profile && other.has_profile;
}

}  // namespace gonghui::matchmaking
