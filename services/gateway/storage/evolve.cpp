#include "services/gateway/storage/evolve.hpp"

#include "schemas/generated/notifications/messages.hpp"

#include <stdexcept>

namespace gonghui::gateway {

namespace {

// The column that counts people in this state.
enum class State : std::uint8_t { taken, offered, waiting };

std::string_view word_of(State state)
{
    switch (state) {
        case State::taken:
            return "taken";
        case State::offered:
            return "offered";
        case State::waiting:
            break;
    }
    return "waiting";
}

// Counts `by` more people in the state; a literal for each, as the database keeps statements by their text.
void count(sqlite::Database& database, const ClassId& class_id, std::string_view state, std::int64_t by)
{
    if (state == "taken")
        database.run("UPDATE classes SET taken = taken + ?2 WHERE class_id = ?1", class_id, by);
    else if (state == "offered")
        database.run("UPDATE classes SET offered = offered + ?2 WHERE class_id = ?1", class_id, by);
    else
        database.run("UPDATE classes SET waiting = waiting + ?2 WHERE class_id = ?1", class_id, by);
}

void show(GatewayStore& store, const ClassId& class_id)
{
    if (const auto one = store.class_with(class_id)) store.board().put(*one);
}

void show_account(GatewayStore& store, const std::string& login)
{
    if (auto account = store.account(login)) store.board().put(std::move(*account));
}

template <class Event>
void move(GatewayStore& store, const Event& event, std::optional<State> to)
{
    auto& database = store.database();
    if (const auto from = database.value<std::string>("SELECT state FROM places WHERE person_id = ?1 AND class_id = ?2",
                                                      event.person_id, event.class_id))
        count(database, event.class_id, *from, -1);
    if (to) {
        count(database, event.class_id, word_of(*to), +1);
        database.run("INSERT OR REPLACE INTO places (person_id, class_id, state) VALUES (?1, ?2, ?3)", event.person_id,
                     event.class_id, word_of(*to));
        store.board().put_place(event.person_id, event.class_id, *to == State::waiting ? Held::line : Held::seat);
    } else {
        database.run("DELETE FROM places WHERE person_id = ?1 AND class_id = ?2", event.person_id, event.class_id);
        store.board().remove_place(event.person_id, event.class_id);
    }
    show(store, event.class_id);
}

ActingAs role_of(registration::Office office)
{
    if (const auto role = parse_acting_as(to_string(office))) return *role;
    throw std::logic_error("no role is called " + std::string(to_string(office)));
}

}  // namespace

void evolve(GatewayStore& store, const AccountAdded& event)
{
    store.database().run(
        "INSERT INTO accounts (login, person_id, password, totp_sealed, added_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (login) DO UPDATE SET person_id = excluded.person_id, password = excluded.password,"
        " totp_sealed = excluded.totp_sealed, last_step = 0, added_at = excluded.added_at",
        event.login, event.person_id, event.password_hash, event.totp_sealed, event.at);
    show_account(store, event.login);
}

void evolve(GatewayStore& store, const PasswordSet& event)
{
    auto& database = store.database();
    if (event.login) {
        database.run("UPDATE accounts SET password = ?, last_step = COALESCE(?, last_step) WHERE login = ?",
                     event.password_hash, event.totp_step, *event.login);
        return show_account(store, *event.login);
    }
    database.run("INSERT OR REPLACE INTO passwords (person_id, password, set_at) VALUES (?, ?, ?)", event.person_id,
                 event.password_hash, event.at);
    if (auto hash = store.password(event.person_id)) store.board().put_password(event.person_id, std::move(*hash));
}

void evolve(GatewayStore& store, const PasswordRemoved& event)
{
    store.database().run("DELETE FROM passwords WHERE person_id = ?", event.person_id);
    store.board().remove_password(event.person_id);
}

void evolve(GatewayStore& store, const AccountRemoved& event)
{
    store.database().run("DELETE FROM accounts WHERE login = ?", event.login);
    store.board().remove_account(event.login);
}

// Sessions that are over go with the next one that begins: nobody needs an event to know that time has passed.
void evolve(GatewayStore& store, const SessionOpened& event)
{
    auto& database = store.database();
    database.run("DELETE FROM sessions WHERE expires_at <= ?", event.at);
    if (database.changes() > 0) store.board().remove_expired(event.at);

    SessionFacts session;
    session.id = event.session_id;
    std::copy_n(event.token_hash.begin(), session.token_hash.size(), session.token_hash.begin());
    session.person = event.person_id;
    session.kind = event.kind;
    session.proof = event.proof.value_or(event.kind == SessionKind::worker ? Proof::code : Proof::password);
    session.login = event.login.value_or("");
    session.opened_at = event.at;
    session.expires_at = event.expires_at;
    database.run(
        "INSERT INTO sessions (session_id, token_hash, person_id, kind, proof, login, opened_at, expires_at, role,"
        " place_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        session.id, event.token_hash, session.person, to_string(session.kind), to_string(session.proof), session.login,
        session.opened_at, session.expires_at, to_string(session.role), session.place);
    store.board().put(session);
    if (!event.totp_step || !event.login) return;
    database.run("UPDATE accounts SET last_step = ? WHERE login = ?", *event.totp_step, *event.login);
    show_account(store, *event.login);
}

void evolve(GatewayStore& store, const SessionClosed& event)
{
    store.database().run("DELETE FROM sessions WHERE session_id = ?", event.session_id);
    store.board().remove_session(event.session_id);
}

void evolve(GatewayStore& store, const RoleChosen& event)
{
    const auto place = event.place_id ? event.place_id->uuid : Uuid{};
    store.database().run("UPDATE sessions SET role = ?, place_id = ? WHERE session_id = ?", to_string(event.role),
                         place, event.session_id);
    if (const auto session = store.session(event.session_id)) store.board().put(*session);
}

void evolve(GatewayStore& store, const registration::OrganisationFounded& event)
{
    store.database().run("INSERT INTO organisations (organisation_id, name) VALUES (?, ?)", event.organisation_id,
                         event.name);
}

void evolve(GatewayStore& store, const registration::RoleGranted& event)
{
    store.database().run("INSERT INTO roles (person_id, role, place_id) VALUES (?, ?, ?)", event.person_id,
                         to_string(event.role), event.place_id);
    const auto name =
        store.database().value<std::string>("SELECT name FROM organisations WHERE organisation_id = ?", event.place_id);
    store.board().grant(event.person_id, {role_of(event.role), event.place_id, name.value_or("")});
}

void evolve(GatewayStore& store, const registration::RoleRevoked& event)
{
    store.database().run("DELETE FROM roles WHERE person_id = ? AND role = ? AND place_id = ?", event.person_id,
                         to_string(event.role), event.place_id);
    store.board().revoke(event.person_id, role_of(event.role), event.place_id);
}

// What was theirs, or was opened by the number, goes by events of our own (app/wiring.cpp).
void evolve(GatewayStore&, const registration::ContactChanged&) {}
void evolve(GatewayStore&, const registration::PersonErased&) {}

void evolve(GatewayStore& store, const training::CampaignPlanned& event)
{
    store.database().run("INSERT INTO campaigns (campaign_id, opens_at, closes_at) VALUES (?, ?, ?)", event.campaign_id,
                         event.opens_at, event.closes_at);
}

void evolve(GatewayStore& store, const training::CampaignChanged& event)
{
    store.database().run("UPDATE campaigns SET opens_at = ?2, closes_at = ?3 WHERE campaign_id = ?1", event.campaign_id,
                         event.opens_at, event.closes_at);
    for (const auto& one : store.board().classes_of(event.campaign_id)) show(store, one.id);
}

void evolve(GatewayStore& store, const training::ClassOpened& event)
{
    store.database().run("INSERT INTO classes (class_id, campaign_id, begins_at, capacity) VALUES (?, ?, ?, ?)",
                         event.class_id, event.campaign_id, event.sessions.front().starts_at, event.capacity);
    show(store, event.class_id);
}

void evolve(GatewayStore& store, const training::SeatTaken& event)
{
    move(store, event, State::taken);
}

void evolve(GatewayStore& store, const training::Waitlisted& event)
{
    move(store, event, State::waiting);
}

void evolve(GatewayStore& store, const training::SeatOffered& event)
{
    move(store, event, State::offered);
}

void evolve(GatewayStore& store, const training::OfferLapsed& event)
{
    move(store, event, std::nullopt);
}

void evolve(GatewayStore& store, const training::OfferDeclined& event)
{
    move(store, event, std::nullopt);
}

void evolve(GatewayStore& store, const training::EnrollmentCancelled& event)
{
    move(store, event, std::nullopt);
}

void evolve(GatewayStore& store, const training::WaitingLeft& event)
{
    move(store, event, std::nullopt);
}

void evolve(GatewayStore& store, const notifications::MessagePlaced& event)
{
    store.board().inbox_changed(event.person_id);
}

void evolve(GatewayStore& store, const notifications::MessageRead& event)
{
    store.board().inbox_changed(event.person_id);
}

}  // namespace gonghui::gateway
