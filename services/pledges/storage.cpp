#include "storage.hpp"

#include <common/places/places.hpp>

#include <stdexcept>

namespace gonghui::pledges {

namespace {

using sqlite::Database;

// Days are numbers since 1970, of Shanghai's dates.
constexpr const char* first = R"sql(
-- Of registration.
CREATE TABLE organisations (
    organisation_id BLOB PRIMARY KEY,
    is_closed       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE members (  -- who left stays, until they are erased
    person_id       BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL,     -- present or last
    joined_on       INTEGER NOT NULL   -- last
) STRICT, WITHOUT ROWID;
CREATE TABLE joined (
    organisation_id BLOB NOT NULL,
    day             INTEGER NOT NULL,
    number          INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, day)
) STRICT, WITHOUT ROWID;

-- Of training.
CREATE TABLE seats (
    person_id BLOB NOT NULL,
    class_id  BLOB NOT NULL,
    taken_on  INTEGER NOT NULL,
    PRIMARY KEY (person_id, class_id)
) STRICT, WITHOUT ROWID;

-- Of matchmaking.
CREATE TABLE evenings (
    evening_id      BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL,
    held_on         INTEGER            -- when somebody came
) STRICT, WITHOUT ROWID;

-- Of stations.
CREATE TABLE stations (
    station_id      BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE visits (
    station_id BLOB NOT NULL,
    day        INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    PRIMARY KEY (station_id, day)
) STRICT, WITHOUT ROWID;

-- One's own. Promises and their changes stay in the order in which they were made.
CREATE TABLE pledges (
    number          INTEGER PRIMARY KEY,
    pledge_id       BLOB NOT NULL UNIQUE,
    organisation_id BLOB NOT NULL,
    year            INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    target          INTEGER NOT NULL,
    first_target    INTEGER NOT NULL,
    title_zh        TEXT NOT NULL,
    title_en        TEXT,
    is_withdrawn    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX pledges_of_year ON pledges (organisation_id, year);
CREATE TABLE entries (
    number    INTEGER PRIMARY KEY,
    pledge_id BLOB NOT NULL,
    what      TEXT NOT NULL,
    target    INTEGER NOT NULL,
    title_zh  TEXT NOT NULL,
    title_en  TEXT,
    reason    TEXT,
    role      TEXT NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX entries_of_pledge ON entries (pledge_id, number);
)sql";

// ?1 the organisation, ?2 and ?3 the first and the last day. `places_closure` has every place with each above it,
// itself among them.
std::string_view counting(Kind kind)
{
    switch (kind) {
        case Kind::members:
            return "SELECT sum(number) FROM places_closure JOIN joined ON organisation_id = place"
                   " WHERE ancestor = ?1 AND day BETWEEN ?2 AND ?3";
        case Kind::trained:
            return "SELECT count(*) FROM seats JOIN members USING (person_id) JOIN places_closure"
                   " ON place = organisation_id AND ancestor = ?1 WHERE taken_on BETWEEN ?2 AND ?3";
        case Kind::evenings:
            return "SELECT count(*) FROM evenings JOIN places_closure ON place = organisation_id AND ancestor = ?1"
                   " WHERE held_on BETWEEN ?2 AND ?3";
        case Kind::visits:
            break;
    }
    return "SELECT sum(number) FROM places_closure JOIN stations ON organisation_id = place JOIN visits"
           " USING (station_id) WHERE ancestor = ?1 AND day BETWEEN ?2 AND ?3";
}

// Of texts that this service has written itself.
template <class Enum>
Enum known(std::optional<Enum> parsed)
{
    if (!parsed) throw std::logic_error("a table holds a word that no event says");
    return *parsed;
}

std::int64_t number(Database& db, std::string_view sql)
{
    return db.value<std::int64_t>(sql).value_or(0);
}

}  // namespace

std::vector<std::string> tables()
{
    return {first};
}

std::map<std::string, std::vector<std::string>> read_models()
{
    return {{"registration", {"organisations", "members", "joined"}},
            {"training", {"seats"}},
            {"matchmaking", {"evenings"}},
            {"stations", {"stations", "visits"}}};
}

Organisation organisation(Database& db, const OrganisationId& organisation)
{
    const auto closed = db.value<bool>("SELECT is_closed FROM organisations WHERE organisation_id = ?", organisation);
    if (!closed) return Organisation::unknown;
    return *closed ? Organisation::closed : Organisation::open;
}

std::optional<PledgeFacts> pledge(Database& db, const PledgeId& pledge)
{
    auto row = db.query(
        "SELECT organisation_id, year, kind, target, title_zh, title_en, is_withdrawn FROM pledges WHERE pledge_id = ?",
        pledge);
    if (!row.next()) return std::nullopt;
    return PledgeFacts{.organisation = row.get<OrganisationId>(0),
                       .year = row.integer(1),
                       .kind = known(parse_kind(row.text(2))),
                       .target = row.integer(3),
                       .title_zh = row.get<std::string>(4),
                       .title_en = row.get<std::optional<std::string>>(5),
                       .is_withdrawn = row.get<bool>(6)};
}

std::int64_t progress(Database& db, const OrganisationId& organisation, Kind kind, std::int64_t year)
{
    const std::chrono::year its_year(static_cast<int>(year));
    return db
        .value<std::int64_t>(counting(kind), organisation, day_number(its_year / std::chrono::January / 1),
                             day_number(its_year / std::chrono::December / 31))
        .value_or(0);
}

std::vector<PledgeOnBoard> board(Database& db, const OrganisationId& organisation, std::int64_t year, Language language)
{
    std::vector<PledgeOnBoard> pledges;
    auto rows = db.query(
        "SELECT pledge_id, kind, target, first_target, title_zh, title_en FROM pledges"
        " WHERE organisation_id = ? AND year = ? AND NOT is_withdrawn ORDER BY number",
        organisation, year);
    while (rows.next()) {
        PledgeOnBoard one;
        one.pledge_id = rows.get<PledgeId>(0);
        one.kind = known(parse_kind(rows.text(1)));
        one.target = rows.integer(2);
        one.first_target = rows.integer(3);
        one.title = rows.text(language == Language::en && !rows.is_null(5) ? 5 : 4);
        pledges.push_back(std::move(one));
    }
    for (auto& one : pledges) one.progress = progress(db, organisation, one.kind, year);
    return pledges;
}

std::int64_t withdrawn(Database& db, const OrganisationId& organisation, std::int64_t year)
{
    return db
        .value<std::int64_t>("SELECT count(*) FROM pledges WHERE organisation_id = ? AND year = ? AND is_withdrawn",
                             organisation, year)
        .value();
}

std::vector<Entry> history(Database& db, const PledgeId& pledge)
{
    std::vector<Entry> entries;
    auto rows = db.query(
        "SELECT what, target, title_zh, title_en, reason, role, at FROM entries WHERE pledge_id = ? ORDER BY number",
        pledge);
    while (rows.next())
        entries.push_back({.what = known(parse_what(rows.text(0))),
                           .target = rows.integer(1),
                           .title_zh = rows.get<std::string>(2),
                           .title_en = rows.get<std::optional<std::string>>(3),
                           .reason = rows.get<std::optional<std::string>>(4),
                           .by = known(parse_by(rows.text(5))),
                           .at = rows.get<UtcTime>(6)});
    return entries;
}

CountsReply counts(Database& db)
{
    return {.organisations = number(db, "SELECT count(*) FROM organisations"),
            .pledges = number(db, "SELECT count(*) FROM pledges"),
            .members = number(db, "SELECT sum(number) FROM joined"),
            .trained = number(db, "SELECT count(*) FROM seats"),
            .evenings = number(db, "SELECT count(held_on) FROM evenings"),
            .visits = number(db, "SELECT sum(number) FROM visits")};
}

HeldAboutReply held_about(Database& db, const PersonId& person)
{
    HeldAboutReply held;
    for (auto& one : Places(db).roles_of(person.uuid))
        held.roles.push_back({std::move(one.role), OrganisationId(one.place)});
    for (auto rows = db.query("SELECT organisation_id, joined_on FROM members WHERE person_id = ?", person);
         rows.next();)
        held.memberships.push_back({rows.get<OrganisationId>(0), date_of_day(rows.integer(1))});
    for (auto rows = db.query("SELECT class_id, taken_on FROM seats WHERE person_id = ? ORDER BY 2, 1", person);
         rows.next();)
        held.seats.push_back({rows.get<ClassId>(0), date_of_day(rows.integer(1))});
    return held;
}

}  // namespace gonghui::pledges
