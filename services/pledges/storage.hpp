#pragma once
// The tables and their look-ups; only `evolve` (service.cpp) writes them.

#include "calendar.hpp"
#include "rules.hpp"

#include <common/sqlite/database.hpp>

#include <map>
#include <string>
#include <vector>

namespace gonghui::pledges {

// As Service wants them. Each followed service has tables of its own, so that each can be built again alone; what two
// of them know is put together when it is asked for, as nobody says in which order they are heard.
std::vector<std::string> tables();
std::map<std::string, std::vector<std::string>> read_models();

[[nodiscard]] Organisation organisation(sqlite::Database& db, const OrganisationId& organisation);
[[nodiscard]] std::optional<PledgeFacts> pledge(sqlite::Database& db, const PledgeId& pledge);

// How much of `kind` there was in `year` at `organisation` and below it.
[[nodiscard]] std::int64_t progress(sqlite::Database& db, const OrganisationId& organisation, Kind kind,
                                    std::int64_t year);

// With target, first target, title and progress; the rest is `judge`'s.
[[nodiscard]] std::vector<PledgeOnBoard> board(sqlite::Database& db, const OrganisationId& organisation,
                                               std::int64_t year, Language language);
[[nodiscard]] std::int64_t withdrawn(sqlite::Database& db, const OrganisationId& organisation, std::int64_t year);
[[nodiscard]] std::vector<Entry> history(sqlite::Database& db, const PledgeId& pledge);
[[nodiscard]] CountsReply counts(sqlite::Database& db);
[[nodiscard]] HeldAboutReply held_about(sqlite::Database& db, const PersonId& person);

}  // namespace gonghui::pledges
