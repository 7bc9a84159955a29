#pragma once
// The log is verified at open (its tail), in the background (all of it, again and again) and wherever a part of it is
// read for others. What is found damaged stops the store: a row remembers it, and the store does not open again until
// it has been restored (`gonghui restore`).

#include "common/messaging/event_log.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace gonghui::messaging {

std::vector<sqlite::Migration> damages_migrations();

struct Damage {
    std::int64_t seq = 0;
    std::string what;  // never a record's content
};

// The store's own memory of a damage. On the writer's connection.
void remember_damage(sqlite::Database& database, const Damage& damage, UtcTime now);
std::optional<Damage> remembered_damage(sqlite::Database& database);

// How far the verification of a log has come. Thread-safe: steps run on a reader's connection, the host looks.
class LogCheck {
public:
    struct Progress {
        std::int64_t checked = 0;             // of the pass under way, or of the last one
        std::optional<UtcTime> completed_at;  // the last pass from the first record to the head
    };

    // The next 256 KiB of the log. One at a time. What it finds is told by `damage`.
    void step(sqlite::Database& reader, UtcTime now);
    // A reading came upon it by itself. The first finding counts.
    void found(const Damage& damage);

    [[nodiscard]] std::optional<Damage> damage() const;
    [[nodiscard]] Progress progress() const;
    [[nodiscard]] bool under_way() const;  // a pass has begun and not reached the head

private:
    mutable std::mutex mutex_;
    Progress progress_;
    bool under_way_ = false;
    std::optional<Damage> damage_;
};

}  // namespace gonghui::messaging
