#pragma once
// Dead letters: events that could not be applied, kept with their bytes and the reason. The cursor goes on past them;
// later events of the same lane wait behind.

#include "common/sqlite/database.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gonghui::messaging {

std::vector<sqlite::Migration> parked_migrations();

struct ParkedEvent {
    std::string source;
    std::int64_t seq = 0;
    std::string lane;
    std::string reason;  // a code: "version", "behind", "not_ready", "failed"
    std::string detail;  // of the failure; never personal data
    UtcTime parked_at;
    Bytes bytes;
    bool has_reacted = false;  // before a rebuild: what is left to do is to evolve
};

class Parked {
public:
    explicit Parked(sqlite::Database& database);

    void add(const ParkedEvent& event);  // in place of what is parked of that source and seq
    void remove(std::string_view source, std::int64_t seq);
    void remove_beyond(std::string_view source, std::int64_t seq);  // of a history that is void
    [[nodiscard]] std::optional<ParkedEvent> find(std::string_view source, std::int64_t seq) const;
    // In order of seq within each source.
    [[nodiscard]] std::vector<ParkedEvent> list(std::size_t limit) const;
    [[nodiscard]] std::vector<ParkedEvent> lane(std::string_view source, std::string_view lane) const;
    // The first of every lane whose reason is `reason`.
    [[nodiscard]] std::vector<ParkedEvent> heads(std::string_view reason, std::size_t limit) const;

    // True when an earlier event of this lane is parked. Answered from memory for a lane in which none is: it stands on
    // the path of every event.
    [[nodiscard]] bool blocks(std::string_view source, std::string_view lane, std::int64_t seq) const;
    [[nodiscard]] std::int64_t count() const { return count_; }
    // After a rollback: what is in memory follows what is in the store.
    void reload();

private:
    sqlite::Database& database_;
    std::unordered_map<std::string, std::int64_t> lanes_;  // how many of each are parked; none: no entry
    std::int64_t count_ = 0;
};

}  // namespace gonghui::messaging
