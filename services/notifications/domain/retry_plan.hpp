#pragma once
// How often, and how patiently, an e-mail is tried.

#include "common/time/clock.hpp"

#include <optional>

namespace gonghui::notifications {

// Six attempts over about ten hours: a mail server that restarts is met within minutes, and one that is down for a
// night is still met in the morning. The figures are a choice of ours (RFC 5321 4.5.4.1 asks for at least half an hour
// between attempts of a relay; ours is a submission to the district's own server).
inline constexpr int most_attempts = 6;

// The wait after attempt number `attempt` (from 1) failed; nullopt: no further attempt.
[[nodiscard]] std::optional<Duration> wait_after(int attempt);

}  // namespace gonghui::notifications
