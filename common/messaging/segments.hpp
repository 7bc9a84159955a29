#pragma once
// Cold stretches of the log, each in a file of its own beside the store, which is never written again once the store
// names it:
//
//     training-0.db    training-0.1-65536.9c0f61d2-5b3e-1a07-c2d4-88f0e6a91b35.segment
//
// So a store, and every copy of it, is as large as what is young; a segment is copied once. A stretch is first copied
// and verified, then named by the store, then removed from the store's log, each on disk before the next: a crash
// leaves a record in both places, or a file that no store names, and neither harms.

#include "common/messaging/envelope.hpp"
#include "common/sqlite/database.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gonghui::messaging {

struct Segment {
    std::int64_t first = 0;
    std::int64_t last = 0;
    Chain chain{};     // at `last`
    std::string file;  // its name; it stands in the store's folder. Its end is the chain's beginning: what has a name
                       // has one content, whatever a restored store goes on to say under the same numbers
};

// What a store holds itself at least, how much goes into one file, and how much is removed in one transaction.
struct SealingPlan {
    std::int64_t hot = 262'144;     // records: some 170 MiB
    std::int64_t segment = 65'536;  // some 40 MiB
    std::int64_t removed = 1024;    // some 0.7 MiB: a transaction of a few milliseconds between two batches
};

// Those that the store names, the oldest first. The store's own connection or a reader's, as below.
std::vector<Segment> segments(sqlite::Database& store);
// The one that has the record; nullopt when the store's own log has it, or nobody.
std::optional<Segment> segment_of(sqlite::Database& store, std::int64_t seq);
// The last record that has gone into a segment; 0: none.
std::int64_t last_sealed(sqlite::Database& store);

std::filesystem::path path_of(const sqlite::Database& store, const Segment& segment);
// A table `log` as the store has it. Throws BrokenChain when the file is missing.
std::unique_ptr<sqlite::Database> open_segment(const sqlite::Database& store, const Segment& segment);

// Reads it all. Throws BrokenChain when it is missing or does not hold the chain, sqlite::Error when it is no store.
void verify_segment(sqlite::Database& store, const Segment& segment);

// The next stretch on its way into a file. One step at a time on any reader's connection, each of some ten
// milliseconds; the last, which reads it all again, takes longer. Throws BrokenChain when what it reads, or what it
// reads back from the file, does not hold the chain; given up before its end it leaves nothing that counts.
class Sealing {
public:
    // Nothing when the store's log is not longer than the plan wants it.
    static std::unique_ptr<Sealing> next(sqlite::Database& store, const SealingPlan& plan);

    // True when the file is complete, verified and on disk.
    bool step(sqlite::Database& reader);
    [[nodiscard]] const Segment& segment() const { return segment_; }

private:
    Sealing(Segment segment, const Chain& before) : segment_(std::move(segment)), at_(before) {}
    void begin(const sqlite::Database& store);
    void copy(sqlite::Database& reader);
    void finish();

    Segment segment_;
    Chain at_;  // of the last record that was copied
    std::int64_t copied_ = 0;
    std::unique_ptr<sqlite::Database> file_;
    std::unique_ptr<sqlite::Transaction> transaction_;
};

// The store names it from now on. Within the writer's transaction.
void name_segment(sqlite::Database& store, const Segment& segment);
// Removes up to `most` records that stand in a segment from the store's own log; false when there are none. Within the
// writer's transaction.
bool remove_sealed(sqlite::Database& store, std::int64_t most);

}  // namespace gonghui::messaging
