#include "common/actor/actor.hpp"

#include <algorithm>
#include <stdexcept>

namespace gonghui {

std::string_view to_string(Role role)
{
    switch (role) {
        case Role::worker:
            return "worker";
        case Role::officer:
            return "officer";
        case Role::township:
            return "township";
        case Role::district:
            return "district";
        case Role::city:
            return "city";
        case Role::service:
            return "service";
    }
    throw std::logic_error("a role outside its enum");
}

std::optional<Role> parse_role(std::string_view text)
{
    for (const auto role : all_roles)
        if (to_string(role) == text) return role;
    return std::nullopt;
}

bool is_for_people(const Rights& rights)
{
    return std::any_of(all_roles.begin(), all_roles.end(), [&](Role role) {
        return role != Role::service && rights.reach.at(static_cast<std::size_t>(role)) != Reach::nobody;
    });
}

bool permits(const Rights& rights, const Actor& actor, const Standing& standing, const std::optional<Uuid>& concerned)
{
    switch (rights.reach.at(static_cast<std::size_t>(actor.role))) {
        case Reach::nobody:
            return false;
        case Reach::self:
            return concerned && !concerned->is_nil() && *concerned == actor.person;
        case Reach::place:
            return standing.holds_role && standing.covers_target;
        case Reach::all:
            return standing.holds_role;
    }
    throw std::logic_error("a reach outside its enum");
}

}  // namespace gonghui
