#include "services/training/storage/training_store.hpp"

namespace gonghui::training {

namespace {

// Narrow rows under covering keys: an enrollment is decided by one row of `classes` (with its campaign), one of
// `members` and the few that the person has in `enrollments`.
constexpr std::string_view first = R"sql(
-- From our own events.
CREATE TABLE courses (
    course_id   BLOB NOT NULL PRIMARY KEY,
    title_zh    TEXT NOT NULL,
    title_en    TEXT NOT NULL,
    description TEXT
) WITHOUT ROWID;

CREATE TABLE campaigns (
    campaign_id        BLOB NOT NULL PRIMARY KEY,
    organisation_id    BLOB NOT NULL,
    name_zh            TEXT NOT NULL,
    name_en            TEXT NOT NULL,
    opens_at           INTEGER NOT NULL,
    closes_at          INTEGER NOT NULL,
    classes_per_person INTEGER NOT NULL,
    offer_seconds      INTEGER NOT NULL,
    cancel_until       INTEGER
) WITHOUT ROWID;

CREATE TABLE classes (
    class_id                 BLOB NOT NULL PRIMARY KEY,
    campaign_id              BLOB NOT NULL,
    capacity                 INTEGER NOT NULL,
    taken                    INTEGER NOT NULL DEFAULT 0 CHECK (taken >= 0),
    offered                  INTEGER NOT NULL DEFAULT 0 CHECK (offered >= 0),
    waiting                  INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    arrivals                 INTEGER NOT NULL DEFAULT 0,  -- the last number given; never given again
    begins_at                INTEGER NOT NULL,
    new_employment_only      INTEGER NOT NULL,
    required_organisation_id BLOB,
    latest_birth_year        INTEGER,
    course_id                BLOB NOT NULL,
    organisation_id          BLOB NOT NULL,
    minimum                  INTEGER,
    teacher                  TEXT,
    venue                    TEXT NOT NULL,
    CHECK (taken + offered <= capacity)
) WITHOUT ROWID;
CREATE INDEX classes_by_campaign ON classes (campaign_id, begins_at);

CREATE TABLE sessions (
    class_id  BLOB NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL,
    PRIMARY KEY (class_id, starts_at)
) WITHOUT ROWID;

CREATE TABLE enrollments (
    person_id   BLOB NOT NULL,
    class_id    BLOB NOT NULL,
    campaign_id BLOB NOT NULL,
    state       INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3),  -- 1 taken, 2 offered, 3 waiting
    number      INTEGER NOT NULL,                                -- order of arrival in the class
    at          INTEGER NOT NULL,                                -- when the state began
    PRIMARY KEY (person_id, class_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX enrollments_by_class ON enrollments (class_id, state, number);

CREATE TABLE offers (
    offer_id    BLOB NOT NULL PRIMARY KEY,
    person_id   BLOB NOT NULL,
    class_id    BLOB NOT NULL,
    campaign_id BLOB NOT NULL,
    expires_at  INTEGER NOT NULL,
    UNIQUE (person_id, class_id)
) WITHOUT ROWID;

-- From registration's events: a read model. Who left stays, so that officers' rights over them can still be told.
CREATE TABLE members (
    person_id       BLOB NOT NULL PRIMARY KEY,
    organisation_id BLOB NOT NULL,
    active          INTEGER NOT NULL,
    new_employment  INTEGER NOT NULL,
    birth_year      INTEGER
) WITHOUT ROWID;

CREATE TABLE organisations (
    organisation_id BLOB NOT NULL PRIMARY KEY,
    new_employment  INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

}  // namespace

std::vector<sqlite::Migration> TrainingStore::migrations()
{
    return {{1, first}};
}

void migrate(sqlite::Database& database)
{
    sqlite::migrate(database, "places", places_migrations());
    sqlite::migrate(database, "training", TrainingStore::migrations());
}

std::vector<std::string> read_model_of_registration()
{
    auto tables = places_tables();
    tables.insert(tables.end(), {"members", "organisations"});
    return tables;
}

}  // namespace gonghui::training
