#include "services/gateway/storage/gateway_store.hpp"

#include <algorithm>
#include <stdexcept>

namespace gonghui::gateway {

namespace {

template <class Enum>
Enum known(std::optional<Enum> parsed)
{
    if (!parsed) throw std::runtime_error("a table holds a word that this program does not know");
    return *parsed;
}

TokenHash hash_in(const sqlite::Rows& row, int column)
{
    TokenHash hash{};
    const auto bytes = row.blob(column);
    std::copy_n(bytes.begin(), std::min(bytes.size(), hash.size()), hash.begin());
    return hash;
}

constexpr std::string_view account_columns =
    "SELECT login, person_id, password, totp_sealed, last_step, added_at FROM accounts ";

constexpr std::string_view session_columns =
    "SELECT session_id, token_hash, person_id, kind, proof, login, opened_at, expires_at, role, place_id FROM "
    "sessions ";

SessionFacts session_in(const sqlite::Rows& row)
{
    SessionFacts session;
    session.id = row.get<SessionId>(0);
    session.token_hash = hash_in(row, 1);
    session.person = row.get<PersonId>(2);
    session.kind = known(parse_session_kind(row.text(3)));
    session.proof = known(parse_proof(row.text(4)));
    session.login = row.get<std::string>(5);
    session.opened_at = row.get<UtcTime>(6);
    session.expires_at = row.get<UtcTime>(7);
    session.role = known(parse_acting_as(row.text(8)));
    session.place = row.get<Uuid>(9);
    return session;
}

constexpr std::string_view class_columns =
    "SELECT class_id, campaign_id, opens_at, closes_at, begins_at, capacity, taken, offered, waiting"
    " FROM classes JOIN campaigns USING (campaign_id) ";

ClassFacts class_in(const sqlite::Rows& row)
{
    ClassFacts one;
    one.id = row.get<ClassId>(0);
    one.campaign = row.get<CampaignId>(1);
    one.opens_at = row.get<UtcTime>(2);
    one.closes_at = row.get<UtcTime>(3);
    one.begins_at = row.get<UtcTime>(4);
    one.capacity = row.integer(5);
    one.taken = row.integer(6);
    one.offered = row.integer(7);
    one.waiting = row.integer(8);
    return one;
}

HeldRole role_in(const sqlite::Rows& row, int from)
{
    return {known(parse_acting_as(row.text(from))), row.get<OrganisationId>(from + 1),
            row.get<std::optional<std::string>>(from + 2).value_or("")};
}

}  // namespace

std::vector<sqlite::Migration> GatewayStore::migrations()
{
    return {{1, R"sql(
        -- A password is Argon2id, sealed.
        CREATE TABLE accounts (
            login       TEXT NOT NULL PRIMARY KEY,
            person_id   BLOB NOT NULL,
            password    BLOB NOT NULL,
            totp_sealed BLOB NOT NULL,
            last_step   INTEGER NOT NULL DEFAULT 0,
            added_at    INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Of workers.
        CREATE TABLE passwords (
            person_id BLOB NOT NULL PRIMARY KEY,
            password  BLOB NOT NULL,
            set_at    INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE sessions (
            session_id BLOB NOT NULL PRIMARY KEY,
            token_hash BLOB NOT NULL UNIQUE,
            person_id  BLOB NOT NULL,
            kind       TEXT NOT NULL,
            proof      TEXT NOT NULL,
            login      TEXT NOT NULL,
            opened_at  INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            role       TEXT NOT NULL,
            place_id   BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sessions_of ON sessions (person_id, opened_at);
        CREATE INDEX sessions_until ON sessions (expires_at);

        -- From registration's events.
        CREATE TABLE organisations (organisation_id BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE roles (
            person_id BLOB NOT NULL,
            role      TEXT NOT NULL,
            place_id  BLOB NOT NULL,
            PRIMARY KEY (person_id, role, place_id)
        ) STRICT, WITHOUT ROWID;

        -- From training's.
        CREATE TABLE campaigns (
            campaign_id BLOB NOT NULL PRIMARY KEY,
            opens_at    INTEGER NOT NULL,
            closes_at   INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE classes (
            class_id    BLOB NOT NULL PRIMARY KEY,
            campaign_id BLOB NOT NULL,
            begins_at   INTEGER NOT NULL,
            capacity    INTEGER NOT NULL,
            taken       INTEGER NOT NULL DEFAULT 0,
            offered     INTEGER NOT NULL DEFAULT 0,
            waiting     INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE places (
            person_id BLOB NOT NULL,
            class_id  BLOB NOT NULL,
            state     TEXT NOT NULL,
            PRIMARY KEY (person_id, class_id)
        ) STRICT, WITHOUT ROWID;
    )sql"}};
}

std::vector<std::pair<std::string, std::vector<std::string>>> GatewayStore::read_models()
{
    return {{"registration", {"organisations", "roles"}}, {"training", {"campaigns", "classes", "places"}}};
}

std::string GatewayStore::opened(const Bytes& password) const
{
    if (keyring_ == nullptr) return {};
    const auto owner = sealing::owner_of(Sealed{password});
    const auto key = owner ? keyring_->find(*owner) : std::nullopt;
    const auto hash = key ? sealing::unseal(*key, password_sealed_at, Sealed{password}) : std::nullopt;
    return hash ? std::string(as_text(*hash)) : std::string();
}

AccountFacts GatewayStore::account_in(const sqlite::Rows& row) const
{
    return {row.get<std::string>(0), row.get<PersonId>(1), opened(row.get<Bytes>(2)),
            row.get<Bytes>(3),       row.integer(4),       row.get<UtcTime>(5)};
}

std::optional<std::string> GatewayStore::password(const PersonId& person) const
{
    const auto sealed = database_.value<Bytes>("SELECT password FROM passwords WHERE person_id = ?", person);
    return sealed ? std::optional(opened(*sealed)) : std::nullopt;
}

std::optional<UtcTime> GatewayStore::password_set_at(const PersonId& person) const
{
    return database_.value<UtcTime>("SELECT set_at FROM passwords WHERE person_id = ?", person);
}

std::optional<AccountFacts> GatewayStore::account(const std::string& login) const
{
    static const auto sql = std::string(account_columns) + "WHERE login = ?";
    auto row = database_.query(sql, login);
    return row.next() ? std::optional(account_in(row)) : std::nullopt;
}

std::vector<AccountFacts> GatewayStore::accounts() const
{
    static const auto sql = std::string(account_columns) + "ORDER BY login";
    std::vector<AccountFacts> accounts;
    auto row = database_.query(sql);
    while (row.next()) accounts.push_back(account_in(row));
    return accounts;
}

std::vector<AccountFacts> GatewayStore::accounts_of(const PersonId& person) const
{
    static const auto sql = std::string(account_columns) + "WHERE person_id = ? ORDER BY login";
    std::vector<AccountFacts> accounts;
    auto row = database_.query(sql, person);
    while (row.next()) accounts.push_back(account_in(row));
    return accounts;
}

std::optional<SessionFacts> GatewayStore::session(const SessionId& id) const
{
    static const auto sql = std::string(session_columns) + "WHERE session_id = ?";
    auto row = database_.query(sql, id);
    return row.next() ? std::optional(session_in(row)) : std::nullopt;
}

std::vector<SessionFacts> GatewayStore::sessions_of(const PersonId& person) const
{
    static const auto sql = std::string(session_columns) + "WHERE person_id = ? ORDER BY opened_at, session_id";
    std::vector<SessionFacts> sessions;
    auto row = database_.query(sql, person);
    while (row.next()) sessions.push_back(session_in(row));
    return sessions;
}

std::vector<HeldRole> GatewayStore::roles_of(const PersonId& person) const
{
    std::vector<HeldRole> roles;
    auto row = database_.query(
        "SELECT role, place_id, name FROM roles LEFT JOIN organisations ON organisation_id = place_id"
        " WHERE person_id = ? ORDER BY role, place_id",
        person);
    while (row.next()) roles.push_back(role_in(row, 0));
    return roles;
}

std::vector<ClassId> GatewayStore::places_of(const PersonId& person) const
{
    std::vector<ClassId> places;
    auto row = database_.query("SELECT class_id FROM places WHERE person_id = ? ORDER BY class_id", person);
    while (row.next()) places.push_back(row.get<ClassId>(0));
    return places;
}

std::optional<ClassFacts> GatewayStore::class_with(const ClassId& id) const
{
    static const auto sql = std::string(class_columns) + "WHERE class_id = ?";
    auto row = database_.query(sql, id);
    return row.next() ? std::optional(class_in(row)) : std::nullopt;
}

void GatewayStore::fill(Board& board) const
{
    for (auto& account : accounts()) board.put(std::move(account));
    {
        auto row = database_.query("SELECT person_id, password FROM passwords");
        while (row.next()) board.put_password(row.get<PersonId>(0), opened(row.get<Bytes>(1)));
    }
    {
        static const auto sql = std::string(session_columns) + "ORDER BY opened_at, session_id";
        auto row = database_.query(sql);
        while (row.next()) board.put(session_in(row));
    }
    {
        auto row = database_.query(
            "SELECT person_id, role, place_id, name FROM roles"
            " LEFT JOIN organisations ON organisation_id = place_id ORDER BY person_id, role, place_id");
        while (row.next()) board.grant(row.get<PersonId>(0), role_in(row, 1));
    }
    {
        auto row = database_.query(class_columns);
        while (row.next()) board.put(class_in(row));
    }
    auto row = database_.query("SELECT person_id, class_id, state = 'waiting' FROM places");
    while (row.next())
        board.put_place(row.get<PersonId>(0), row.get<ClassId>(1), row.get<bool>(2) ? Held::line : Held::seat);
}

Board& GatewayStore::board() const
{
    if (board_ == nullptr) throw std::logic_error("a reader's store has no board");
    return *board_;
}

}  // namespace gonghui::gateway
