#pragma once
// Cuts a roster into commands and keeps their order where it matters: a person who stands in the file twice.
//
// The first good row of a person counts, so a later one must know which earlier row was good. Therefore no batch holds
// an ID number twice, and a batch that repeats one of an unanswered batch waits for its answer. All others may be under
// way at once, in any order.

#include "services/ctl/domain/roster_file.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace gonghui::ctl {

using BatchNumber = std::size_t;

struct RosterBatch {
    BatchNumber number = 0;
    std::vector<RosterRow> rows;
};

// As registration compares ID numbers: without blanks around them, letters in upper case.
std::string normal_id_number(std::string_view written);

class RosterBatches {
public:
    static constexpr std::size_t most_rows = 500;  // the schema's bound

    explicit RosterBatches(RosterFile& file) : file_(file) {}

    // Gathers the next batch, if it is not gathered yet. False at the end of the file.
    bool gather();
    // Whether the gathered batch may go out now, or must wait until more is answered.
    [[nodiscard]] bool is_clear() const;
    // The gathered batch, with every earlier_line that is known to be good.
    RosterBatch take();

    // `bad_lines`: lines of that batch that were found bad.
    void on_answer(const RosterBatch& batch, const std::set<std::int64_t>& bad_lines);

    // Rows that were not worth sending, since the last call.
    std::vector<BadRow> take_bad() { return std::exchange(bad_, {}); }
    [[nodiscard]] std::int64_t rows_read() const { return rows_read_; }

private:
    RosterFile& file_;
    RosterBatch gathered_;
    std::optional<RosterRow> carried_;  // read, but for the next batch
    bool is_gathered_ = false;
    BatchNumber next_number_ = 0;
    std::unordered_set<std::string> ids_in_batch_;
    std::unordered_map<std::string, std::int64_t> good_lines_;
    std::unordered_map<std::string, std::size_t> unanswered_;  // ID number -> batches under way that hold it
    std::vector<BadRow> bad_;
    std::int64_t rows_read_ = 0;
};

}  // namespace gonghui::ctl
