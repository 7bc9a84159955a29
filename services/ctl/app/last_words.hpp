#pragma once
// Why a program has ended, as its log tells.

#include "services/ctl/app/session.hpp"

#include <cstdint>
#include <string>

namespace gonghui::ctl {

// Before a start: its words come behind. 0 without a log.
std::int64_t size_of_log(const std::string& file);

// The last error that the program has logged since, or what it said before it could log; else where to look.
std::string last_words(const Session& session, const std::string& log, std::int64_t since);

}  // namespace gonghui::ctl
