#include "services/matchmaking/domain/close_choosing.hpp"

#include <map>
#include <set>

namespace gonghui::matchmaking {

namespace {

using Pair = std::pair<PersonId, PersonId>;

// The smaller id first, so that one couple has one name.
std::set<Pair> couples_among(const CloseChoosingFacts& facts)
{
    std::map<PersonId, Side> sides;
    for (const auto& attendee : facts.attendees) sides.emplace(attendee.person, attendee.side);
    const std::set<Pair> blocked(facts.blocked.begin(), facts.blocked.end());
    std::set<Pair> wanted;
    for (const auto& yes : facts.wanted) wanted.emplace(yes.chooser, yes.chosen);

    std::set<Pair> couples;
    for (const auto& [chooser, chosen] : wanted) {
        if (chosen < chooser || !wanted.contains({chosen, chooser})) continue;
        const auto one = sides.find(chooser), other = sides.find(chosen);
        if (one == sides.end() || other == sides.end() || one->second == other->second) continue;
        if (blocked.contains({chooser, chosen}) || blocked.contains({chosen, chooser})) continue;
        couples.emplace(chooser, chosen);
    }
    return couples;
}

}  // namespace

Decided<Events> close_choosing(const CloseChoosingFacts& facts, const CloseChoosing& command, const Actor& actor,
                               UtcTime now)
{
    if (!permits(CloseChoosing::rights, actor, facts.standing, std::nullopt)) return refused(refusal::not_permitted);
    if (!facts.evening) return refused(refusal::unknown_evening);
    if (facts.evening->state != EveningState::choosing) return refused(refusal::choosing_not_open);

    const auto couples = couples_among(facts);
    Events events{ChoosingClosed{
        .evening_id = command.evening_id, .couples = static_cast<std::int64_t>(couples.size()), .at = now}};
    for (const auto& [first, second] : couples)
        events.emplace_back(
            CoupleRevealed{.evening_id = command.evening_id, .first_id = first, .second_id = second, .at = now});
    for (const auto& attendee : facts.attendees)
        events.emplace_back(ResultReady{.evening_id = command.evening_id, .person_id = attendee.person, .at = now});
    return events;
}

}  // namespace gonghui::matchmaking
