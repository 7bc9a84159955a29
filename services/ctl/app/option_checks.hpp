#pragma once
// What the values of options may be, and what is said of a command line that is wrong: CLI11's own words are English.

#include "services/ctl/app/session.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace gonghui::ctl {

CLI::Validator whole_number(const Session& session, std::int64_t least,
                            std::int64_t most = std::numeric_limits<std::int64_t>::max());
CLI::Validator one_of(const Session& session, const std::vector<std::string>& words);
CLI::Validator not_blank(const Session& session);
CLI::Validator at_most_characters(const Session& session, std::size_t most);

// One sentence in the session's language. `command` is the deepest command that was named.
std::string complaint(const Session& session, const CLI::App& command, const CLI::ParseError& error);

}  // namespace gonghui::ctl
