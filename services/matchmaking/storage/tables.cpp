// The tables. Own ones are written from own events alone, read models from registration's alone, so that replaying each
// log rebuilds its own.

#include "services/matchmaking/storage/store.hpp"

namespace gonghui::matchmaking {

namespace {

constexpr std::string_view first = R"sql(
-- read model of registration
CREATE TABLE members (
    person_id   BLOB PRIMARY KEY,
    is_active   INTEGER NOT NULL,
    is_retained INTEGER NOT NULL,
    side        TEXT NOT NULL,
    birth_year  INTEGER NOT NULL
) WITHOUT ROWID;

-- own
CREATE TABLE declarations (
    person_id      BLOB PRIMARY KEY,
    declaration_id BLOB NOT NULL,
    statement      INTEGER NOT NULL,
    at             INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE consents (
    person_id BLOB NOT NULL,
    purpose   TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (person_id, purpose)
) WITHOUT ROWID;

CREATE TABLE profiles (
    person_id  BLOB PRIMARY KEY,
    sex        TEXT NOT NULL,
    birth_year INTEGER NOT NULL,
    name       BLOB NOT NULL,
    contact    BLOB NOT NULL,
    nickname   BLOB,
    occupation BLOB,
    about      BLOB,
    hobbies    BLOB,
    wishes     BLOB,
    visible    TEXT NOT NULL,  -- names of fields, each followed by a blank
    at         INTEGER NOT NULL
);
CREATE INDEX profiles_by_sex ON profiles (sex, person_id);

CREATE TABLE evenings (
    evening_id      BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL,
    title_zh        TEXT NOT NULL,
    title_en        TEXT NOT NULL,
    venue           TEXT NOT NULL,
    starts_at       INTEGER NOT NULL,
    ends_at         INTEGER NOT NULL,
    sign_up_until   INTEGER NOT NULL,
    capacity_male   INTEGER NOT NULL,
    capacity_female INTEGER NOT NULL,
    state           TEXT NOT NULL DEFAULT 'planned',
    couples         INTEGER,
    -- Counters that never go back: nobody gets the badge of one who left, or their place in the line.
    arrivals        INTEGER NOT NULL DEFAULT 0,
    last_badge_male   INTEGER NOT NULL DEFAULT 0,
    last_badge_female INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX evenings_by_end ON evenings (ends_at);

CREATE TABLE sign_ups (
    evening_id BLOB NOT NULL,
    person_id  BLOB NOT NULL,
    side       TEXT NOT NULL,
    state      TEXT NOT NULL,     -- waiting, taken, checked_in
    arrival    INTEGER NOT NULL,  -- order of sign-ups of the evening
    badge      INTEGER,
    PRIMARY KEY (evening_id, person_id)
) WITHOUT ROWID;
CREATE INDEX sign_ups_by_line ON sign_ups (evening_id, side, state, arrival);
CREATE INDEX sign_ups_by_person ON sign_ups (person_id);

CREATE TABLE choices (
    evening_id BLOB NOT NULL,
    chooser_id BLOB NOT NULL,
    chosen_id  BLOB NOT NULL,
    wants      INTEGER NOT NULL,
    PRIMARY KEY (evening_id, chooser_id, chosen_id)
) WITHOUT ROWID;

CREATE TABLE couples (
    evening_id BLOB NOT NULL,
    first_id   BLOB NOT NULL,
    second_id  BLOB NOT NULL,
    PRIMARY KEY (evening_id, first_id, second_id)
) WITHOUT ROWID;

CREATE TABLE blocks (
    blocker_id BLOB NOT NULL,
    blocked_id BLOB NOT NULL,
    block_id   BLOB NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id)
) WITHOUT ROWID;
CREATE INDEX blocks_by_blocked ON blocks (blocked_id, blocker_id);

CREATE TABLE reports (
    report_id   BLOB PRIMARY KEY,
    reporter_id BLOB NOT NULL,
    reported_id BLOB NOT NULL,
    reason      TEXT NOT NULL,
    note        BLOB,
    at          INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX reports_by_time ON reports (at);
)sql";

}  // namespace

void migrate(sqlite::Database& database)
{
    sqlite::migrate(database, "places", places_migrations());
    sqlite::migrate(database, "matchmaking", {{1, first}});
}

std::vector<std::string> read_model_of_registration()
{
    auto tables = places_tables();
    tables.emplace_back("members");
    return tables;
}

}  // namespace gonghui::matchmaking
