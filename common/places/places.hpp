#pragma once
// The tree of places and the roles held at them, as every service keeps it for itself to decide rights.
//
// The tables belong to the store that calls `create_places`; they are written from `evolve` alone.

#include "common/actor/actor.hpp"
#include "common/sqlite/database.hpp"

#include <string>
#include <vector>

namespace gonghui {

// The migration of component "places"; run it with sqlite::migrate.
std::vector<sqlite::Migration> places_migrations();
// Their names, for a store that builds them again from another service's log.
std::vector<std::string> places_tables();

struct RoleHeld {
    std::string role;
    Uuid place;
};

class Places {
public:
    explicit Places(sqlite::Database& database) : database_(database) {}

    void add(const Uuid& place, const std::optional<Uuid>& parent);
    void move(const Uuid& place, const Uuid& parent);  // with everything below it
    void grant(const Uuid& person, Role role, const Uuid& place);
    void revoke(const Uuid& person, Role role, const Uuid& place);
    void revoke_all(const Uuid& person);

    // How `actor` stands towards `target` (a place). A target that is not known is covered by nobody.
    [[nodiscard]] Standing standing(const Actor& actor, const std::optional<Uuid>& target) const;
    // True when `place` lies at or below `ancestor`.
    [[nodiscard]] bool covers(const Uuid& ancestor, const Uuid& place) const;
    // For who has to tell a person what is known about them.
    [[nodiscard]] std::vector<RoleHeld> roles_of(const Uuid& person) const;
    [[nodiscard]] std::optional<Uuid> parent_of(const Uuid& place) const;

private:
    sqlite::Database& database_;
};

}  // namespace gonghui
