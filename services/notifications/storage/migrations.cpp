#include "services/notifications/storage/notifications_store.hpp"

namespace gonghui::notifications {

// A rush places tens of thousands of messages within seconds, for as many people: an index by person would have each of
// them write a page of its own. So messages stand one behind the other, each names the one before it in the same inbox,
// and a small table knows where an inbox ends. `parameters` are packed (parameters.hpp); texts are rendered when they
// are read.
std::vector<sqlite::Migration> NotificationsStore::migrations()
{
    return {{1, R"sql(
        -- own: from notifications' events
        CREATE TABLE messages (
            number     INTEGER PRIMARY KEY,
            earlier    INTEGER,  -- the number before it in the same inbox
            person_id  BLOB NOT NULL,
            message_id BLOB NOT NULL,
            template   TEXT NOT NULL,
            topic      TEXT NOT NULL,
            parameters TEXT NOT NULL,
            critical   INTEGER NOT NULL,
            inbox      INTEGER NOT NULL,
            at         INTEGER NOT NULL,
            read_at    INTEGER
        ) STRICT;
        CREATE TABLE inboxes (
            person_id BLOB PRIMARY KEY,
            newest    INTEGER NOT NULL,
            unread    INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE mails (
            message_id  BLOB PRIMARY KEY,
            number      INTEGER NOT NULL,  -- of its message
            person_id   BLOB NOT NULL,
            state       TEXT NOT NULL,
            attempts    INTEGER NOT NULL,
            reason      TEXT,
            server_code INTEGER,
            due         INTEGER,
            changed_at  INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX mails_by_person ON mails (person_id, changed_at);
        CREATE INDEX mails_by_state ON mails (state, changed_at);
        CREATE TABLE preferences (
            person_id BLOB NOT NULL,
            topic     TEXT NOT NULL,
            channel   TEXT NOT NULL,
            wanted    INTEGER NOT NULL,
            PRIMARY KEY (person_id, topic, channel)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE quiet_hours (
            one                INTEGER PRIMARY KEY CHECK (one = 1),
            begins_minute      INTEGER NOT NULL,
            ends_minute        INTEGER NOT NULL,
            utc_offset_minutes INTEGER NOT NULL
        ) STRICT;

        -- read model: from registration's events. Only who has an e-mail address or reads another language than
        -- Chinese has a row.
        CREATE TABLE contacts (
            person_id BLOB PRIMARY KEY,
            language  TEXT NOT NULL,
            email     BLOB
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE organisations (
            organisation_id BLOB PRIMARY KEY,
            kind            TEXT NOT NULL,
            name            TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- read model: from training's events
        CREATE TABLE courses (
            course_id BLOB PRIMARY KEY,
            title_zh  TEXT NOT NULL,
            title_en  TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE classes (
            class_id  BLOB PRIMARY KEY,
            course_id BLOB NOT NULL,
            venue     TEXT NOT NULL,
            starts_at INTEGER
        ) STRICT, WITHOUT ROWID;

        -- read model: from matchmaking's events
        CREATE TABLE evenings (
            evening_id BLOB PRIMARY KEY,
            title_zh   TEXT NOT NULL,
            title_en   TEXT NOT NULL,
            venue      TEXT NOT NULL,
            starts_at  INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
    )sql"},
            {2, R"sql(
        -- read model: from registration's events
        CREATE TABLE announcements (
            announcement_id BLOB PRIMARY KEY,
            organisation_id BLOB NOT NULL,
            title_zh        TEXT NOT NULL,
            title_en        TEXT NOT NULL,
            text_zh         TEXT NOT NULL,
            text_en         TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
    )sql"}};
}

std::vector<std::pair<std::string, std::vector<std::string>>> NotificationsStore::read_models()
{
    auto of_registration = places_tables();
    of_registration.insert(of_registration.end(), {"contacts", "organisations", "announcements"});
    return {{"registration", std::move(of_registration)},
            {"training", {"courses", "classes"}},
            {"matchmaking", {"evenings"}},
            {"notifications", {"quiet_hours"}}};  // of the other partitions: it is the catalogue's own
}

}  // namespace gonghui::notifications
