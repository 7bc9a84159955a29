#include "services/registration/storage/registration_store.hpp"

namespace gonghui::registration {

// People stand in the order in which they became known, so that a roster is appended, not scattered; only the two
// indices of random keys are, and an import's commits write nearly every page of theirs anew. So their keys are
// integers. Sealed columns go unread but by who shows them.
std::vector<sqlite::Migration> RegistrationStore::migrations()
{
    return {{1, R"sql(
        CREATE TABLE organisations (
            number INTEGER PRIMARY KEY,
            organisation_id BLOB NOT NULL UNIQUE,
            parent_id BLOB,
            kind TEXT NOT NULL,
            form TEXT,
            code TEXT UNIQUE,
            name TEXT NOT NULL,
            new_employment INTEGER NOT NULL,
            closed INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX organisations_below ON organisations (parent_id);

        CREATE TABLE roles (
            person_id BLOB NOT NULL,
            role TEXT NOT NULL,
            place_id BLOB NOT NULL,
            PRIMARY KEY (person_id, role, place_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX roles_at ON roles (place_id, role);

        CREATE TABLE persons (
            number INTEGER PRIMARY KEY,
            person_id BLOB NOT NULL UNIQUE,
            id_index INTEGER UNIQUE,
            state TEXT NOT NULL,
            organisation INTEGER,  -- its number
            since INTEGER NOT NULL,
            sex TEXT NOT NULL,
            birth_year INTEGER NOT NULL,
            language TEXT NOT NULL,
            verification TEXT,
            import_id BLOB,
            import_line INTEGER,
            name BLOB NOT NULL,
            id_number BLOB NOT NULL,
            phone BLOB NOT NULL,
            email BLOB
        ) STRICT;
        CREATE INDEX persons_of ON persons (organisation) WHERE organisation IS NOT NULL;  -- and number, the rowid

        CREATE TABLE applications (
            number INTEGER PRIMARY KEY,
            application_id BLOB NOT NULL UNIQUE,
            person_id BLOB NOT NULL,
            organisation_id BLOB NOT NULL,
            state TEXT NOT NULL,
            submitted_at INTEGER NOT NULL,
            sex TEXT NOT NULL,
            birth_year INTEGER NOT NULL,
            language TEXT NOT NULL,
            name BLOB NOT NULL,
            id_number BLOB NOT NULL,
            phone BLOB NOT NULL,
            email BLOB
        ) STRICT;
        CREATE UNIQUE INDEX applications_waiting ON applications (person_id) WHERE state = 'waiting';
        CREATE INDEX applications_waiting_at ON applications (organisation_id, number) WHERE state = 'waiting';

        CREATE TABLE consents (
            person_id BLOB NOT NULL,
            purpose TEXT NOT NULL,
            since INTEGER NOT NULL,
            PRIMARY KEY (person_id, purpose)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE looks (
            look_id BLOB PRIMARY KEY,
            person_id BLOB NOT NULL,
            by_person BLOB NOT NULL,
            by_service TEXT NOT NULL,
            purpose TEXT NOT NULL,
            at INTEGER NOT NULL,
            until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX looks_at ON looks (person_id, at);
    )sql"},
            // Whose erasure stands in the log; what is more, the keyring knows from before a restore.
            {2, "CREATE TABLE erased (person_id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;"},
            // For who logs in by phone.
            {3,
             "ALTER TABLE persons ADD COLUMN phone_index INTEGER;"
             "CREATE INDEX persons_by_phone ON persons (phone_index) WHERE phone_index IS NOT NULL;"},
            // `union_number` and `person_number`: the last member who was addressed, in the order of both.
            {4, R"sql(
        CREATE TABLE announcements (
            announcement_id BLOB PRIMARY KEY,
            organisation_id BLOB NOT NULL,
            title_zh TEXT NOT NULL,
            title_en TEXT NOT NULL,
            text_zh TEXT NOT NULL,
            text_en TEXT NOT NULL,
            members INTEGER NOT NULL,
            at INTEGER NOT NULL,
            addressed INTEGER NOT NULL DEFAULT 0,
            done INTEGER NOT NULL DEFAULT 0,
            union_number INTEGER NOT NULL DEFAULT 0,
            person_number INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
    )sql"}};
}

}  // namespace gonghui::registration
