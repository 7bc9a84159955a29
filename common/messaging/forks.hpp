#pragma once
// Where histories part. An owner's log that was restored from a backup, or copied back by hand, is another history from
// some record on: a new epoch begins behind the last record that was kept. A follower whose cursor stands in what was
// kept goes on; one beyond it builds its read model of that service again, and remembers the fork for the operator.

#include "common/messaging/event_log.hpp"

#include <string>
#include <vector>

namespace gonghui::messaging {

std::vector<sqlite::Migration> forks_migrations();

// --- the owner ---

// What an owner says to a follower that cannot place its cursor.
struct Whereabouts {
    bool fits = false;       // the log contains what the follower has applied
    std::int64_t epoch = 1;  // of the log now
    // The last record that the follower's epoch and the log have in common, as far as the owner knows.
    std::int64_t kept = 0;
};

// `opened_at`: the head when this process opened the log. A file that was copied back took effect at an opening, so
// what was written since is not what such a follower has seen. Begins a new epoch when no row explains the difference.
Whereabouts place_follower(EventLog& log, sqlite::Database& database, const Position& cursor, std::int64_t opened_at);

// The numbers that the store in use has given: no copy that takes its place may give them again.
struct Given {
    std::int64_t epoch = 0;
    std::int64_t claim = 0;
};

Given given_by(sqlite::Database& store);
// The copy that takes the place of such a store begins an epoch that nobody has heard of, behind its last record.
void begin_restored_epoch(sqlite::Database& copy, const Given& replaced);

// --- the follower ---

// One source was found to have another history; what this service did because of the events that vanished is what its
// own log holds from that source beyond `kept`, up to `own_seq`.
struct Fork {
    std::string source;
    std::int64_t epoch = 1;   // of the source, which began there
    std::int64_t kept = 0;    // the last record of the source that is still true
    std::int64_t was_at = 0;  // how far this service had followed
    std::int64_t own_seq = 0;
    UtcTime at;
};

void remember_fork(sqlite::Database& database, const Fork& fork);
// The newest first.
std::vector<Fork> forks(sqlite::Database& database, std::size_t limit);
// Own events that followed from events that are gone, in order.
std::vector<LogRecord> reactions_to_vanished(sqlite::Database& database, const Fork& fork, std::size_t limit);

}  // namespace gonghui::messaging
