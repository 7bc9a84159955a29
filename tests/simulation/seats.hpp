#pragma once
// The invariants of places, read from the tables: no seat too many, none free while somebody waits who may have it.

#include "common/sqlite/database.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gonghui::simulation {

// Of events of training: somebody has, awaits or has lost a seat, and is told so. (Who declines an offer knows.)
[[nodiscard]] bool changes_a_seat(std::string_view event_type);

// What is wrong; empty when nothing is. Stores of training and of matchmaking.
std::vector<std::string> check_seats(sqlite::Database& training);
std::vector<std::string> check_evenings(sqlite::Database& matchmaking);

}  // namespace gonghui::simulation
