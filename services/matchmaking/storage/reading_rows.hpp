#pragma once
// Columns as the domain's types. Within storage alone.

#include "services/matchmaking/storage/store.hpp"

#include <stdexcept>

namespace gonghui::matchmaking {

// `parse` is a generated parse function; a word that it does not know means a corrupt store.
template <class Choice>
Choice choice_at(const sqlite::Rows& rows, int column, std::optional<Choice> (*parse)(std::string_view))
{
    if (const auto choice = parse(rows.text(column))) return *choice;
    throw std::runtime_error("matchmaking's store holds an unknown word: " + std::string(rows.text(column)));
}

inline Side side_at(const sqlite::Rows& rows, int column)
{
    return choice_at(rows, column, parse_side);
}

inline SeatState seat_state_at(const sqlite::Rows& rows, int column)
{
    const auto word = rows.text(column);
    if (word == "waiting") return SeatState::waiting;
    if (word == "taken") return SeatState::taken;
    return SeatState::checked_in;
}

// Eight columns from `first`, in the order of the struct.
inline Evening evening_at(const sqlite::Rows& rows, int first)
{
    return Evening{.id = rows.get<EveningId>(first),
                   .organisation = rows.get<OrganisationId>(first + 1),
                   .starts_at = rows.get<UtcTime>(first + 2),
                   .ends_at = rows.get<UtcTime>(first + 3),
                   .sign_up_until = rows.get<UtcTime>(first + 4),
                   .state = choice_at(rows, first + 5, parse_evening_state),
                   .capacity_male = rows.integer(first + 6),
                   .capacity_female = rows.integer(first + 7)};
}

}  // namespace gonghui::matchmaking
