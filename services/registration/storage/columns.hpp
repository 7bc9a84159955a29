#pragma once
// Words of the tables as the schema's enums; for this folder's own files.

#include "common/sqlite/database.hpp"
#include "schemas/generated/registration/messages.hpp"

#include <stdexcept>

namespace gonghui::registration {

// Only evolve writes these columns, and only words of the schema.
template <class Enum>
Enum known_word(const std::optional<Enum>& parsed)
{
    if (!parsed) throw std::runtime_error("a registration table holds a word that this program does not know");
    return *parsed;
}

inline Sex sex_in(const sqlite::Rows& rows, int column)
{
    return known_word(parse_sex(rows.text(column)));
}

inline MembershipState state_in(const sqlite::Rows& rows, int column)
{
    return known_word(parse_membership_state(rows.text(column)));
}

inline OrganisationKind kind_in(const sqlite::Rows& rows, int column)
{
    return known_word(parse_organisation_kind(rows.text(column)));
}

inline std::optional<OrganisationForm> form_in(const sqlite::Rows& rows, int column)
{
    if (rows.is_null(column)) return std::nullopt;
    return known_word(parse_organisation_form(rows.text(column)));
}

}  // namespace gonghui::registration
