#pragma once
// One run of a roster through registration: a check or an import, a few commands under way at once.

#include "services/ctl/app/connection.hpp"
#include "services/ctl/domain/roster_batches.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gonghui::ctl {

enum class RunMode : std::uint8_t { check, import };

struct RosterRunSettings {
    RunMode mode = RunMode::import;
    Uuid import_id;
    std::optional<Actor> actor;
    milliseconds patience{60'000};  // without any answer
};

// What became of the rows.
struct RosterResult {
    std::int64_t rows = 0;
    std::int64_t joined = 0;
    std::int64_t unchanged = 0;
    std::vector<BadRow> bad;  // in order of lines
    // Set when registration would not take a command at all; the run ended there.
    std::optional<int> stopped_exit_code;
    std::string stopped_why;
};

// `on_progress`: bytes of the file that are behind.
RosterResult run_roster(const Session& session, Connection& connection, RosterFile& file,
                        const RosterRunSettings& settings, const std::function<void(std::size_t)>& on_progress);

}  // namespace gonghui::ctl
