#include "common/places/places.hpp"

#include <stdexcept>

namespace gonghui {

// The closure holds one row for every place and each of its ancestors, itself included, so that `covers` is one look-up
// by primary key. A tree of a district is shallow: four rows per union.
std::vector<sqlite::Migration> places_migrations()
{
    return {{1, R"sql(
        CREATE TABLE places_tree (
            place BLOB PRIMARY KEY,
            parent BLOB
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE places_closure (
            place BLOB NOT NULL,
            ancestor BLOB NOT NULL,
            PRIMARY KEY (place, ancestor)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX places_below ON places_closure (ancestor, place);
        CREATE TABLE places_roles (
            person BLOB NOT NULL,
            role TEXT NOT NULL,
            place BLOB NOT NULL,
            PRIMARY KEY (person, role, place)
        ) STRICT, WITHOUT ROWID;
    )sql"}};
}

std::vector<std::string> places_tables()
{
    return {"places_tree", "places_closure", "places_roles"};
}

void Places::add(const Uuid& place, const std::optional<Uuid>& parent)
{
    if (parent && !covers(*parent, *parent))
        throw std::invalid_argument("place " + to_string(place) + " lies below an unknown place");
    database_.run("INSERT INTO places_tree (place, parent) VALUES (?, ?)", place, parent);
    database_.run("INSERT INTO places_closure (place, ancestor) VALUES (?1, ?1)", place);
    if (parent)
        database_.run(
            "INSERT INTO places_closure (place, ancestor) "
            "SELECT ?1, ancestor FROM places_closure WHERE place = ?2",
            place, *parent);
}

void Places::move(const Uuid& place, const Uuid& parent)
{
    if (!covers(place, place) || !covers(parent, parent))
        throw std::invalid_argument("cannot move place " + to_string(place) + ": it or its new parent is unknown");
    if (covers(place, parent)) throw std::invalid_argument("cannot move place " + to_string(place) + " below itself");
    database_.run("UPDATE places_tree SET parent = ?2 WHERE place = ?1", place, parent);
    // Everything below the place keeps its ancestors up to the place and changes those beyond it.
    database_.run(
        "DELETE FROM places_closure "
        "WHERE place IN (SELECT place FROM places_closure WHERE ancestor = ?1) "
        "AND ancestor IN (SELECT ancestor FROM places_closure WHERE place = ?1 AND ancestor <> ?1)",
        place);
    database_.run(
        "INSERT INTO places_closure (place, ancestor) "
        "SELECT below.place, above.ancestor FROM places_closure AS below, places_closure AS above "
        "WHERE below.ancestor = ?1 AND above.place = ?2",
        place, parent);
}

void Places::grant(const Uuid& person, Role role, const Uuid& place)
{
    database_.run("INSERT OR IGNORE INTO places_roles (person, role, place) VALUES (?, ?, ?)", person, to_string(role),
                  place);
}

void Places::revoke(const Uuid& person, Role role, const Uuid& place)
{
    database_.run("DELETE FROM places_roles WHERE person = ? AND role = ? AND place = ?", person, to_string(role),
                  place);
}

void Places::revoke_all(const Uuid& person)
{
    database_.run("DELETE FROM places_roles WHERE person = ?", person);
}

Standing Places::standing(const Actor& actor, const std::optional<Uuid>& target) const
{
    Standing standing;
    // A worker claims nothing but to be themself, and a service is who the hub says it is: neither has a role to check.
    standing.holds_role = actor.role == Role::worker || actor.role == Role::service ||
                          database_.value<int>("SELECT 1 FROM places_roles WHERE person = ? AND role = ? AND place = ?",
                                               actor.person, to_string(actor.role), actor.place);
    standing.covers_target = target && covers(actor.place, *target);
    return standing;
}

bool Places::covers(const Uuid& ancestor, const Uuid& place) const
{
    return database_.value<int>("SELECT 1 FROM places_closure WHERE place = ? AND ancestor = ?", place, ancestor)
        .has_value();
}

std::vector<RoleHeld> Places::roles_of(const Uuid& person) const
{
    std::vector<RoleHeld> held;
    for (auto rows = database_.query("SELECT role, place FROM places_roles WHERE person = ? ORDER BY 1, 2", person);
         rows.next();)
        held.push_back({rows.get<std::string>(0), rows.get<Uuid>(1)});
    return held;
}

std::optional<Uuid> Places::parent_of(const Uuid& place) const
{
    return database_.value<Uuid>("SELECT parent FROM places_tree WHERE place = ?", place);
}

}  // namespace gonghui
