#pragma once
// Who asks. A person's rights are decided in the services, by the rule that decides everything else: every command's
// schema states how far each role reaches (`x-actors`), and `permits` holds the actor against it.

#include "common/ids/uuid.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace gonghui {

// Roles are bound to a place in the organisation tree; a worker's only reach is themself.
enum class Role : std::uint8_t { worker, officer, township, district, city, service };

inline constexpr std::array all_roles{Role::worker,   Role::officer, Role::township,
                                      Role::district, Role::city,    Role::service};

std::string_view to_string(Role role);
std::optional<Role> parse_role(std::string_view text);

struct Actor {
    Role role = Role::worker;
    Uuid person;          // nil for a service
    Uuid place;           // where the role is held; nil for a worker and for a service
    std::string service;  // the caller that the hub stamped; set for every request
};

// How far a role reaches for one message.
enum class Reach : std::uint8_t {
    nobody,  // never
    self,    // only what concerns the actor's own person
    place,   // whatever lies at or below the actor's place in the tree
    all,     // anything in the district
};

// One row per message, generated from the schema's `x-actors`, indexed by Role.
struct Rights {
    std::array<Reach, all_roles.size()> reach{};
};

// Some person may ask it, in whatever role.
[[nodiscard]] bool is_for_people(const Rights& rights);

// Where the actor stands towards what the message touches; loaded as a fact (see common/places).
struct Standing {
    bool holds_role = false;  // the role that the edge asserts is in force at that place; true for workers and services
    bool covers_target = false;  // the target lies at or below the actor's place
};

// `concerned` is the person whom the message is about, if it is about one.
[[nodiscard]] bool permits(const Rights& rights, const Actor& actor, const Standing& standing,
                           const std::optional<Uuid>& concerned);

}  // namespace gonghui
