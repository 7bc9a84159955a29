#pragma once
// Cuts a roster into commands and keeps their order where it matters: a person who stands in the file twice.
//
// The first good row of a person counts, so a later one must know which earlier row was good. Therefore only one row of
// an ID number is under way at a time; a later one is set aside until the earlier is answered, and goes with a later
// batch. All others go on meanwhile: officers' files repeat somebody every few hundred rows, and an import that waited
// each time would spend half its time waiting.

#include "services/ctl/domain/roster_file.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
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
    static constexpr std::size_t most_rows = 1000;  // the schema's bound

    explicit RosterBatches(RosterFile& file) : file_(file) {}

    // Gathers the next batch, if it is not gathered yet. False when everything has been taken.
    bool gather();
    // Whether a batch is gathered; if not, all that is left waits for answers.
    [[nodiscard]] bool is_clear() const { return is_gathered_; }
    // The gathered batch, with every earlier_line that is known to be good.
    RosterBatch take();

    // `bad_lines`: lines of that batch that were found bad.
    void on_answer(const RosterBatch& batch, const std::set<std::int64_t>& bad_lines);

    // Rows that were not worth sending, since the last call.
    std::vector<BadRow> take_bad() { return std::exchange(bad_, {}); }
    [[nodiscard]] std::int64_t rows_read() const { return rows_read_; }

private:
    // What is known of an ID number's rows.
    struct Holder {
        bool under_way = false;  // one is gathered or sent, without an answer
        bool has_aside = false;  // later ones wait
        std::optional<std::int64_t> good_line;
    };

    void add(RosterRow row);

    RosterFile& file_;
    RosterBatch gathered_;
    bool is_gathered_ = false;
    BatchNumber next_number_ = 0;
    std::unordered_map<std::string, Holder> holders_;               // by ID number
    std::unordered_map<std::string, std::deque<RosterRow>> aside_;  // ID number -> its later rows, in order
    std::deque<std::string> free_;                                  // of aside_: those with nothing under way
    std::vector<BadRow> bad_;
    std::int64_t rows_read_ = 0;
};

}  // namespace gonghui::ctl
