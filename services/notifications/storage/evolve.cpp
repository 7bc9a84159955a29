#include "services/notifications/storage/evolve.hpp"

#include "services/notifications/storage/parameters.hpp"

namespace gonghui::notifications {

// --- own ---

void evolve(NotificationsStore& store, const MessagePlaced& event)
{
    store.database().run(
        "INSERT INTO messages (earlier, person_id, message_id, template, topic, parameters, critical, inbox, at) "
        "VALUES ((SELECT newest FROM inboxes WHERE person_id = ?1), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        event.person_id, event.message_id, event.template_, to_string(event.topic), pack(event.parameters),
        event.critical, event.inbox, event.at);
    store.database().run(
        "INSERT INTO inboxes (person_id, newest, unread) VALUES (?1, last_insert_rowid(), ?2) "
        "ON CONFLICT (person_id) DO UPDATE SET newest = excluded.newest, unread = unread + excluded.unread",
        event.person_id, event.inbox);
}

void evolve(NotificationsStore& store, const MessageRead& event)
{
    const auto number = store.number_of(event.person_id, event.message_id);
    store.database().run("UPDATE messages SET read_at = ?2 WHERE number = ?1", number, event.at);
    store.database().run("UPDATE inboxes SET unread = unread - 1 WHERE person_id = ?1", event.person_id);
}

void evolve(NotificationsStore& store, const PreferenceSet& event)
{
    store.database().run(
        "INSERT INTO preferences (person_id, topic, channel, wanted) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (person_id, topic, channel) DO UPDATE SET wanted = excluded.wanted",
        event.person_id, to_string(event.topic), to_string(event.channel), event.wanted);
}

void evolve(NotificationsStore& store, const QuietHoursSet& event)
{
    store.database().run(
        "INSERT OR REPLACE INTO quiet_hours (one, begins_minute, ends_minute, utc_offset_minutes) "
        "VALUES (1, ?, ?, ?)",
        event.begins_minute, event.ends_minute, event.utc_offset_minutes);
}

void evolve(NotificationsStore& store, const EmailQueued& event)
{
    store.database().run(
        "INSERT INTO mails (message_id, number, person_id, state, attempts, due, changed_at) "
        "VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6) ON CONFLICT (message_id) DO UPDATE SET state = ?4, due = ?5, changed_at = "
        "?6",
        event.message_id, store.number_of(event.person_id, event.message_id), event.person_id,
        to_string(DeliveryState::queued), event.due, event.at);
    store.timers().set(email_due, event.message_id.uuid, event.due);
}

void evolve(NotificationsStore& store, const EmailSending& event)
{
    store.database().run("UPDATE mails SET state = ?2, attempts = ?3, due = ?4, changed_at = ?5 WHERE message_id = ?1",
                         event.message_id, to_string(DeliveryState::sending), event.attempt, event.look_again_at,
                         event.at);
    store.timers().set(email_due, event.message_id.uuid, event.look_again_at);
}

void evolve(NotificationsStore& store, const EmailSent& event)
{
    store.database().run(
        "UPDATE mails SET state = ?2, reason = NULL, server_code = NULL, due = NULL, changed_at = ?3 "
        "WHERE message_id = ?1",
        event.message_id, to_string(DeliveryState::sent), event.at);
    store.timers().clear(email_due, event.message_id.uuid);
}

void evolve(NotificationsStore& store, const EmailFailed& event)
{
    store.database().run(
        "UPDATE mails SET state = ?2, reason = ?3, server_code = ?4, due = ?5, changed_at = ?6 WHERE message_id = ?1",
        event.message_id, to_string(DeliveryState::failed), to_string(event.reason), event.server_code,
        event.next_attempt, event.at);
    if (event.next_attempt)
        store.timers().set(email_due, event.message_id.uuid, *event.next_attempt);
    else
        store.timers().clear(email_due, event.message_id.uuid);
}

void evolve(NotificationsStore& store, const PersonForgotten& event)
{
    auto mails = store.database().query("SELECT message_id FROM mails WHERE person_id = ?", event.person_id);
    while (mails.next()) store.timers().clear(email_due, mails.get<Uuid>(0));
    static const auto delete_messages = with_mine("DELETE FROM messages WHERE number IN (SELECT number FROM mine)");
    store.database().run(delete_messages, event.person_id);
    for (const auto* statement : {"DELETE FROM inboxes WHERE person_id = ?", "DELETE FROM mails WHERE person_id = ?",
                                  "DELETE FROM preferences WHERE person_id = ?"})
        store.database().run(statement, event.person_id);
}

// --- registration ---

namespace {

Role role_of(registration::Office office)
{
    switch (office) {
        case registration::Office::officer:
            return Role::officer;
        case registration::Office::township:
            return Role::township;
        case registration::Office::district:
            return Role::district;
        case registration::Office::city:
            return Role::city;
    }
    return Role::officer;
}

// Nothing is kept of who has no e-mail address and reads Chinese: that is nearly everybody.
void keep_contact(NotificationsStore& store, const PersonId& person, const std::optional<Sealed>& email,
                  registration::Language language)
{
    if (!email && language == registration::Language::zh_cn) return;
    store.database().run("INSERT OR REPLACE INTO contacts (person_id, language, email) VALUES (?, ?, ?)", person,
                         to_string(language), email);
}

}  // namespace

void evolve(NotificationsStore& store, const registration::OrganisationFounded& event)
{
    store.places().add(event.organisation_id.uuid,
                       event.parent_id ? std::optional(event.parent_id->uuid) : std::nullopt);
    store.database().run("INSERT INTO organisations (organisation_id, kind, name) VALUES (?, ?, ?)",
                         event.organisation_id, to_string(event.kind), event.name);
}

void evolve(NotificationsStore& store, const registration::OrganisationMoved& event)
{
    store.places().move(event.organisation_id.uuid, event.parent_id.uuid);
}

void evolve(NotificationsStore& store, const registration::RoleGranted& event)
{
    store.places().grant(event.person_id.uuid, role_of(event.role), event.place_id.uuid);
}

void evolve(NotificationsStore& store, const registration::RoleRevoked& event)
{
    store.places().revoke(event.person_id.uuid, role_of(event.role), event.place_id.uuid);
}

void evolve(NotificationsStore& store, const registration::ApplicationSubmitted& event)
{
    keep_contact(store, event.person_id, event.email, event.language);
}

void evolve(NotificationsStore& store, const registration::MemberJoined& event)
{
    keep_contact(store, event.person_id, event.email, event.language);
}

void evolve(NotificationsStore& store, const registration::Announced& event)
{
    store.database().run(
        "INSERT INTO announcements (announcement_id, organisation_id, title_zh, title_en, text_zh, text_en) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        event.announcement_id, event.organisation_id, event.title_zh, event.title_en, event.text_zh, event.text_en);
}

void evolve(NotificationsStore& store, const registration::PersonErased& event)
{
    store.database().run("DELETE FROM contacts WHERE person_id = ?", event.person_id);
}

void evolve(NotificationsStore& store, const registration::ContactChanged& event)
{
    if (!event.email && !event.language) return;
    const auto language = event.language ? std::optional(to_string(*event.language)) : std::nullopt;
    store.database().run(
        "INSERT INTO contacts (person_id, language, email) VALUES (?1, coalesce(?2, 'zh_cn'), ?3) "
        "ON CONFLICT (person_id) DO UPDATE SET language = coalesce(?2, language), email = coalesce(?3, email)",
        event.person_id, language, event.email);
}

// --- training ---

void evolve(NotificationsStore& store, const training::CourseAdded& event)
{
    store.database().run("INSERT OR REPLACE INTO courses (course_id, title_zh, title_en) VALUES (?, ?, ?)",
                         event.course_id, event.title_zh, event.title_en);
}

void evolve(NotificationsStore& store, const training::ClassOpened& event)
{
    std::optional<UtcTime> starts_at;
    if (!event.sessions.empty()) starts_at = event.sessions.front().starts_at;
    store.database().run("INSERT INTO classes (class_id, course_id, venue, starts_at) VALUES (?, ?, ?, ?)",
                         event.class_id, event.course_id, event.venue, starts_at);
}

// --- matchmaking ---

void evolve(NotificationsStore& store, const matchmaking::EveningPlanned& event)
{
    store.database().run(
        "INSERT INTO evenings (evening_id, title_zh, title_en, venue, starts_at) VALUES (?, ?, ?, ?, ?)",
        event.evening_id, event.title_zh, event.title_en, event.venue, event.starts_at);
}

}  // namespace gonghui::notifications
