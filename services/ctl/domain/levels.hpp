#pragma once
// How far behind everybody is: what partitions say of themselves, laid side by side.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gonghui::ctl {

// What a partition says of a source that it follows.
struct Followed {
    std::string source;  // "331083/registration/0"
    std::int64_t epoch = 1;
    std::int64_t cursor = 0;
    std::int64_t head = 0;  // as far as it has heard
    bool diverged = false;
};

struct RequestCounts {
    std::int64_t accepted = 0, refused = 0, invalid = 0, retried = 0, faults = 0, repeated = 0;
};
struct EventCounts {
    std::int64_t published = 0, live = 0, from_pages = 0, skipped = 0, duplicates = 0, undecodable = 0;
};

struct PartitionReport {
    std::string source;
    std::string service;
    std::int64_t partition = 0;
    std::string instance;   // that holds it, as the hub says; empty: nobody does
    bool answered = false;  // everything below holds only then
    std::string version;
    std::int64_t claim = 0;
    std::int64_t epoch = 1;
    std::int64_t head = 0;
    std::int64_t parked = 0;
    std::int64_t store_bytes = 0;
    std::int64_t now = 0;        // its clock, microseconds since 1970
    std::int64_t backup_at = 0;  // when its newest copy was begun; 0: there is none
    std::vector<Followed> follows;
    RequestCounts requests;
    EventCounts events;
};

struct Lag {
    std::string follower;
    std::string source;
    std::int64_t cursor = 0;
    std::int64_t head = 0;
    std::int64_t behind = 0;  // events; never negative
    bool diverged = false;
};

// One per follower and source. The owner's own head counts where it answered; else what the follower has heard.
std::vector<Lag> lags_of(const std::vector<PartitionReport>& reports);

struct Verdict {
    std::int64_t silent = 0;  // partitions without an answer
    std::int64_t behind = 0;  // events, over all followers
    std::int64_t diverged = 0;
    std::int64_t parked = 0;

    // Parked events wait for an operator; they hold nobody back and do not count here.
    [[nodiscard]] bool is_level() const { return silent == 0 && behind == 0 && diverged == 0; }
};

Verdict judge(const std::vector<PartitionReport>& reports, const std::vector<Lag>& lags);

// How many of a thousand applied events came from the bus and not from pages; nullopt when none was applied.
std::optional<std::int64_t> live_per_mille(const std::vector<PartitionReport>& reports);

}  // namespace gonghui::ctl
