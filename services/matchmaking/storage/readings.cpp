// What the queries show.

#include "services/matchmaking/storage/reading_rows.hpp"
#include "services/matchmaking/storage/store.hpp"

#include <algorithm>

namespace gonghui::matchmaking {

namespace {

StoredProfile profile_at(const sqlite::Rows& rows)
{
    StoredProfile profile{.person = rows.get<PersonId>(0),
                          .sex = side_at(rows, 1),
                          .birth_year = rows.integer(2),
                          .name = rows.get<Sealed>(3),
                          .contact = rows.get<Sealed>(4),
                          .nickname = rows.get<std::optional<Sealed>>(5),
                          .occupation = rows.get<std::optional<Sealed>>(6),
                          .about = rows.get<std::optional<Sealed>>(7),
                          .hobbies = rows.get<std::optional<Sealed>>(8),
                          .wishes = rows.get<std::optional<Sealed>>(9),
                          .visible = {},
                          .at = rows.get<UtcTime>(11)};
    auto names = rows.text(10);
    for (auto blank = names.find(' '); blank != std::string_view::npos; blank = names.find(' ')) {
        if (const auto field = parse_profile_field(names.substr(0, blank))) profile.visible.push_back(*field);
        names.remove_prefix(blank + 1);
    }
    return profile;
}

StoredEvening stored_evening_at(const sqlite::Rows& rows)
{
    return StoredEvening{.evening = evening_at(rows, 0),
                         .title_zh = rows.get<std::string>(8),
                         .title_en = rows.get<std::string>(9),
                         .venue = rows.get<std::string>(10),
                         .couples = rows.get<std::optional<std::int64_t>>(11)};
}

}  // namespace

bool StoredProfile::shows(ProfileField field) const
{
    return std::find(visible.begin(), visible.end(), field) != visible.end();
}

std::optional<StoredProfile> MatchmakingStore::profile(const PersonId& person) const
{
    auto rows = database_.query(
        "SELECT person_id, sex, birth_year, name, contact, nickname, occupation, about, hobbies, wishes, visible, at "
        "FROM profiles WHERE person_id = ?",
        person);
    if (!rows.next()) return std::nullopt;
    return profile_at(rows);
}

std::vector<StoredProfile> MatchmakingStore::profiles(Side side, const PersonId& asker,
                                                      const std::optional<PersonId>& after, std::int64_t limit) const
{
    std::vector<StoredProfile> profiles;
    auto rows = database_.query(
        "SELECT person_id, sex, birth_year, name, contact, nickname, occupation, about, hobbies, wishes, visible, at "
        "FROM profiles WHERE sex = ?1 AND person_id > ?3 "
        "AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = ?2 AND blocked_id = profiles.person_id) "
        "AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = profiles.person_id AND blocked_id = ?2) "
        "ORDER BY person_id LIMIT ?4",
        to_string(side), asker, after.value_or(PersonId{}), limit);
    while (rows.next()) profiles.push_back(profile_at(rows));
    return profiles;
}

std::vector<PersonId> MatchmakingStore::owners_of_texts() const
{
    std::vector<PersonId> owners;
    auto rows =
        database_.query("SELECT person_id FROM profiles UNION SELECT reporter_id FROM reports WHERE note IS NOT NULL");
    while (rows.next()) owners.push_back(rows.get<PersonId>(0));
    return owners;
}

std::optional<StoredEvening> MatchmakingStore::stored_evening(const EveningId& evening) const
{
    auto rows = database_.query(
        "SELECT evening_id, organisation_id, starts_at, ends_at, sign_up_until, state, capacity_male, capacity_female, "
        "title_zh, title_en, venue, couples FROM evenings WHERE evening_id = ?",
        evening);
    if (!rows.next()) return std::nullopt;
    return stored_evening_at(rows);
}

std::vector<StoredEvening> MatchmakingStore::evenings_ending_after(UtcTime time, std::int64_t limit) const
{
    std::vector<StoredEvening> evenings;
    auto rows = database_.query(
        "SELECT evening_id, organisation_id, starts_at, ends_at, sign_up_until, state, capacity_male, capacity_female, "
        "title_zh, title_en, venue, couples FROM evenings WHERE ends_at > ? ORDER BY ends_at LIMIT ?",
        time, limit);
    while (rows.next()) evenings.push_back(stored_evening_at(rows));
    return evenings;
}

SideCount MatchmakingStore::count(const EveningId& evening, Side side) const
{
    SideCount count;
    auto rows = database_.query("SELECT state, count(*) FROM sign_ups WHERE evening_id = ? AND side = ? GROUP BY state",
                                evening, to_string(side));
    while (rows.next()) {
        switch (seat_state_at(rows, 0)) {
            case SeatState::waiting:
                count.load.waiting = rows.integer(1);
                break;
            case SeatState::taken:
                count.load.taken += rows.integer(1);
                break;
            case SeatState::checked_in:
                count.load.taken += rows.integer(1);
                count.checked_in = rows.integer(1);
                break;
        }
    }
    return count;
}

std::optional<OwnSeat> MatchmakingStore::own_seat(const EveningId& evening, const PersonId& person) const
{
    auto rows = database_.query(
        "SELECT state, side, badge, (SELECT count(*) FROM sign_ups AS earlier "
        "WHERE earlier.evening_id = mine.evening_id AND earlier.side = mine.side AND earlier.state = 'waiting' "
        "AND earlier.arrival <= mine.arrival) FROM sign_ups AS mine WHERE evening_id = ? AND person_id = ?",
        evening, person);
    if (!rows.next()) return std::nullopt;
    const auto state = seat_state_at(rows, 0);
    return OwnSeat{.state = state,
                   .side = side_at(rows, 1),
                   .rank = state == SeatState::waiting ? rows.integer(3) : 0,
                   .badge = rows.get<std::optional<std::int64_t>>(2)};
}

std::vector<Present> MatchmakingStore::choosable(const EveningId& evening, Side side, const PersonId& asker) const
{
    std::vector<Present> present;
    auto rows = database_.query(
        "SELECT person_id, badge, wants FROM sign_ups LEFT JOIN choices "
        "ON choices.evening_id = sign_ups.evening_id AND chooser_id = ?3 AND chosen_id = person_id "
        "WHERE sign_ups.evening_id = ?1 AND side = ?2 AND state = 'checked_in' "
        "AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = ?3 AND blocked_id = person_id) "
        "AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = person_id AND blocked_id = ?3) ORDER BY badge",
        evening, to_string(side), asker);
    while (rows.next())
        present.push_back(
            {.person = rows.get<PersonId>(0), .badge = rows.integer(1), .wanted = rows.get<std::optional<bool>>(2)});
    return present;
}

std::vector<Present> MatchmakingStore::couples_of(const EveningId& evening, const PersonId& asker) const
{
    std::vector<Present> couples;
    auto rows = database_.query(
        "SELECT person_id, badge FROM couples JOIN sign_ups ON sign_ups.evening_id = couples.evening_id "
        "AND person_id = CASE WHEN first_id = ?2 THEN second_id ELSE first_id END "
        "WHERE couples.evening_id = ?1 AND (first_id = ?2 OR second_id = ?2) "
        "AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = ?2 AND blocked_id = person_id) "
        "AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = person_id AND blocked_id = ?2) ORDER BY badge",
        evening, asker);
    while (rows.next()) couples.push_back({.person = rows.get<PersonId>(0), .badge = rows.integer(1), .wanted = {}});
    return couples;
}

std::vector<StoredReport> MatchmakingStore::reports(const std::optional<UtcTime>& before, std::int64_t limit) const
{
    std::vector<StoredReport> reports;
    auto rows = database_.query(
        "SELECT report_id, reporter_id, reported_id, reason, note, at FROM reports WHERE at < ? "
        "ORDER BY at DESC, report_id LIMIT ?",
        before.value_or(UtcTime::max()), limit);
    while (rows.next())
        reports.push_back({.id = rows.get<ReportId>(0),
                           .reporter = rows.get<PersonId>(1),
                           .reported = rows.get<PersonId>(2),
                           .reason = choice_at(rows, 3, parse_report_reason),
                           .note = rows.get<std::optional<Sealed>>(4),
                           .at = rows.get<UtcTime>(5)});
    return reports;
}

}  // namespace gonghui::matchmaking
