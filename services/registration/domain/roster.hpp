#pragma once
// A roster: the people of unions as an officer's file lists them. Rows are decided in order; a bad row stops no other.
//
// The first good row of a person counts, and a row takes effect at most once: the same file again adds nobody and
// reports the same rows, wherever its rows are cut into commands.

#include "common/result/refusal.hpp"
#include "services/registration/domain/facts.hpp"

#include <tl/expected.hpp>

#include <string>
#include <vector>

namespace gonghui::registration {

// A row in normal form: to be sealed by who records it.
struct RosterPerson {
    Personal name;
    Personal id_number;
    Personal phone;
    std::optional<Personal> email;
    Sex sex = Sex::male;
    std::int64_t birth_year = 0;
    std::string union_code;
};
using RosterReading = tl::expected<RosterPerson, RosterError>;

// The row by itself. Columns are looked at in the schema's order, and the first bad one is reported.
RosterReading read_roster_row(const RosterRow& row, UtcTime now);

// The union that a row names.
struct RosterUnion {
    OrganisationFacts organisation;
    Standing standing;
};

// Who the ID number belongs to, before any row of this command.
struct KnownPerson {
    PersonId id;
    MembershipState state = MembershipState::stranger;
    std::optional<OrganisationId> organisation;
    std::optional<ImportId> import_id;  // the roster, and its line, that named them last
    std::optional<std::int64_t> line;
};

struct RosterEntry {
    const RosterRow* row = nullptr;
    const RosterReading* reading = nullptr;
    const RosterUnion* named_union = nullptr;  // null: no union has this code
    std::optional<KnownPerson> known;
};

struct RosterVerdict {
    std::vector<std::size_t> joining;  // indices of entries
    std::int64_t unchanged = 0;
    std::vector<RosterError> errors;
};

// An import knows which members it made itself. A check makes none: there, earlier_line says that the person would be a
// member by now.
struct RosterImport {
    ImportId import_id;
};
struct RosterCheck {};

Decided<RosterVerdict> decide_roster(const std::vector<RosterEntry>& entries, const RosterImport& import,
                                     const Actor& actor, const Standing& standing);
Decided<RosterVerdict> decide_roster(const std::vector<RosterEntry>& entries, const RosterCheck& check,
                                     const Actor& actor, const Standing& standing);

}  // namespace gonghui::registration
