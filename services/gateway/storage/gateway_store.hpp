#pragma once
// The gateway's tables. Nothing here writes; only `evolve` (evolve.hpp) does.

#include "common/sealing/keyring.hpp"
#include "common/sqlite/database.hpp"
#include "services/gateway/storage/board.hpp"

#include <string>
#include <utility>
#include <vector>

namespace gonghui::gateway {

// Where passwords are sealed, under a key of their person's that the gateway has made.
inline constexpr std::string_view password_sealed_at = "gateway/password.hash";

// Cheap to make: one over the writer's connection, one per query over a reader's.
class GatewayStore {
public:
    explicit GatewayStore(sqlite::Database& database) : database_(database) {}
    // The writer's: everything outlives it. Passwords open with `keyring`.
    GatewayStore(sqlite::Database& database, Board& board, sealing::Keyring& keyring)
        : database_(database), board_(&board), keyring_(&keyring)
    {
    }

    // Component "gateway".
    static std::vector<sqlite::Migration> migrations();
    // Whose events alone write which tables.
    static std::vector<std::pair<std::string, std::vector<std::string>>> read_models();

    [[nodiscard]] std::optional<AccountFacts> account(const std::string& login) const;
    [[nodiscard]] std::vector<AccountFacts> accounts() const;
    [[nodiscard]] std::vector<AccountFacts> accounts_of(const PersonId& person) const;
    // Of a worker, opened; nullopt: they have none.
    [[nodiscard]] std::optional<std::string> password(const PersonId& person) const;
    // When a worker chose theirs.
    [[nodiscard]] std::optional<UtcTime> password_set_at(const PersonId& person) const;
    [[nodiscard]] std::optional<SessionFacts> session(const SessionId& id) const;
    // The oldest first.
    [[nodiscard]] std::vector<SessionFacts> sessions_of(const PersonId& person) const;
    [[nodiscard]] std::vector<HeldRole> roles_of(const PersonId& person) const;
    [[nodiscard]] std::vector<ClassId> places_of(const PersonId& person) const;
    [[nodiscard]] std::optional<ClassFacts> class_with(const ClassId& id) const;

    // Everything, at the start.
    void fill(Board& board) const;

    [[nodiscard]] sqlite::Database& database() const { return database_; }
    [[nodiscard]] Board& board() const;

private:
    [[nodiscard]] std::string opened(const Bytes& password) const;
    [[nodiscard]] AccountFacts account_in(const sqlite::Rows& row) const;

    sqlite::Database& database_;
    Board* board_ = nullptr;
    sealing::Keyring* keyring_ = nullptr;
};

}  // namespace gonghui::gateway
