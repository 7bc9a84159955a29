// What the rules are told.

#include "services/matchmaking/storage/reading_rows.hpp"
#include "services/matchmaking/storage/store.hpp"

namespace gonghui::matchmaking {

Standing MatchmakingStore::standing(const Actor& actor, const std::optional<Uuid>& place) const
{
    return places_.standing(actor, place);
}

bool MatchmakingStore::is_known(const PersonId& person) const
{
    return database_.value<int>("SELECT 1 FROM members WHERE person_id = ?", person).has_value();
}

Participant MatchmakingStore::participant(const PersonId& person) const
{
    Participant participant;
    auto members =
        database_.query("SELECT is_active, is_retained, side, birth_year FROM members WHERE person_id = ?", person);
    if (members.next())
        participant.member = Member{.is_active = members.get<bool>(0),
                                    .is_retained = members.get<bool>(1),
                                    .side = side_at(members, 2),
                                    .birth_year = members.integer(3)};
    participant.declared_by =
        database_.value<DeclarationId>("SELECT declaration_id FROM declarations WHERE person_id = ?", person);
    auto consents = database_.query("SELECT purpose FROM consents WHERE person_id = ?", person);
    while (consents.next()) {
        switch (choice_at(consents, 0, parse_purpose)) {
            case Purpose::profile:
                participant.consents.profile = true;
                break;
            case Purpose::evenings:
                participant.consents.evenings = true;
                break;
            case Purpose::contacts:
                participant.consents.contacts = true;
                break;
        }
    }
    participant.has_profile = database_.value<int>("SELECT 1 FROM profiles WHERE person_id = ?", person).has_value();
    return participant;
}

Holdings MatchmakingStore::holdings(const PersonId& person) const
{
    Holdings holdings{.participant = participant(person), .seats = {}};
    std::vector<EveningId> evenings;
    {
        auto rows = database_.query(
            "SELECT evening_id FROM sign_ups JOIN evenings USING (evening_id) "
            "WHERE person_id = ? AND evenings.state <> 'closed' ORDER BY evening_id",
            person);
        while (rows.next()) evenings.push_back(rows.get<EveningId>(0));
    }
    for (const auto& evening : evenings) holdings.seats.push_back(*seat(evening, person));
    return holdings;
}

std::optional<Evening> MatchmakingStore::evening(const EveningId& evening) const
{
    auto rows = database_.query(
        "SELECT evening_id, organisation_id, starts_at, ends_at, sign_up_until, state, capacity_male, capacity_female "
        "FROM evenings WHERE evening_id = ?",
        evening);
    if (!rows.next()) return std::nullopt;
    return evening_at(rows, 0);
}

std::optional<Seat> MatchmakingStore::seat(const EveningId& evening_id, const PersonId& person) const
{
    const auto found = evening(evening_id);
    const auto own = own_seat(evening_id, person);
    if (!found || !own) return std::nullopt;
    return Seat{.evening = *found,
                .person = person,
                .side = own->side,
                .state = own->state,
                .next_in_line = database_.value<PersonId>(
                    "SELECT person_id FROM sign_ups WHERE evening_id = ? AND side = ? AND state = 'waiting' "
                    "ORDER BY arrival LIMIT 1",
                    evening_id, to_string(own->side))};
}

SideLoad MatchmakingStore::load(const EveningId& evening, Side side) const
{
    return count(evening, side).load;
}

std::vector<CodeHolder> MatchmakingStore::holders(const EveningId& evening) const
{
    std::vector<CodeHolder> holders;
    auto rows = database_.query("SELECT person_id, side, state FROM sign_ups WHERE evening_id = ?", evening);
    while (rows.next())
        holders.push_back({.person = rows.get<PersonId>(0), .side = side_at(rows, 1), .state = seat_state_at(rows, 2)});
    return holders;
}

std::int64_t MatchmakingStore::next_badge(const EveningId& evening, Side side) const
{
    const auto last = database_.value<std::int64_t>(side == Side::male
                                                        ? "SELECT last_badge_male FROM evenings WHERE evening_id = ?"
                                                        : "SELECT last_badge_female FROM evenings WHERE evening_id = ?",
                                                    evening);
    return last.value_or(0) + 1;
}

std::optional<Side> MatchmakingStore::present(const EveningId& evening, const PersonId& person) const
{
    const auto own = own_seat(evening, person);
    if (!own || own->state != SeatState::checked_in) return std::nullopt;
    return own->side;
}

std::vector<Attendee> MatchmakingStore::attendees(const EveningId& evening) const
{
    std::vector<Attendee> attendees;
    auto rows = database_.query(
        "SELECT person_id, side FROM sign_ups WHERE evening_id = ? AND state = 'checked_in' ORDER BY person_id",
        evening);
    while (rows.next()) attendees.push_back({rows.get<PersonId>(0), side_at(rows, 1)});
    return attendees;
}

std::vector<Yes> MatchmakingStore::wanted(const EveningId& evening) const
{
    std::vector<Yes> wanted;
    auto rows =
        database_.query("SELECT chooser_id, chosen_id FROM choices WHERE evening_id = ? AND wants = 1", evening);
    while (rows.next()) wanted.push_back({rows.get<PersonId>(0), rows.get<PersonId>(1)});
    return wanted;
}

std::vector<std::pair<PersonId, PersonId>> MatchmakingStore::blocks_at(const EveningId& evening) const
{
    std::vector<std::pair<PersonId, PersonId>> blocks;
    auto rows = database_.query(
        "SELECT blocker_id, blocked_id FROM sign_ups AS one JOIN blocks ON blocker_id = one.person_id "
        "JOIN sign_ups AS other ON other.evening_id = one.evening_id AND other.person_id = blocked_id "
        "WHERE one.evening_id = ?",
        evening);
    while (rows.next()) blocks.emplace_back(rows.get<PersonId>(0), rows.get<PersonId>(1));
    return blocks;
}

bool MatchmakingStore::has_blocked(const PersonId& blocker, const PersonId& blocked) const
{
    return database_.value<int>("SELECT 1 FROM blocks WHERE blocker_id = ? AND blocked_id = ?", blocker, blocked)
        .has_value();
}

bool MatchmakingStore::is_blocked_either_way(const PersonId& one, const PersonId& other) const
{
    return has_blocked(one, other) || has_blocked(other, one);
}

bool MatchmakingStore::has_report(const ReportId& report) const
{
    return database_.value<int>("SELECT 1 FROM reports WHERE report_id = ?", report).has_value();
}

}  // namespace gonghui::matchmaking
