#pragma once
// One followed source, as a state machine without I/O: hints from the bus in, events to apply and questions to ask out.
//
// While the follower is level it applies hints as they come. A gap in `seq`, or a beacon that names a head beyond the
// cursor, makes it ask for pages of the owner's log; hints that arrive meanwhile wait, bounded, for the pages to meet
// them. Whatever is lost, doubled or late, the order of application is that of the log.
//
// The chain tells whether the owner's log is the one that was followed; an epoch only says when to look. Hints of
// another epoch than the cursor's are not applied: a page is asked for, and says which chain value it begins at. If the
// owner cannot place the cursor, histories have parted: the owner says up to where they agree, and the read model is
// built again: from the first record to that place by `evolve` alone, beyond it as ever.

#include "common/messaging/envelope.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace gonghui::messaging {

// Bounds on the hints that wait for pages: past them later hints are let go, and a page brings them.
inline constexpr std::size_t waiting_hints = 16'384;
// A page's way takes two transactions of its owner, some 0.1 s under load: whoever is far behind comes as far as that
// as one page reaches. Pages of 256 KiB brought 5,000 events a second, these bring what the follower can apply.
inline constexpr std::size_t page_bytes = 2 * 1024 * 1024;
// What has not been answered after this long is asked again.
inline constexpr std::chrono::seconds page_patience{2};

// A question to the owner: for a page of its log, or for where this cursor stands in its history.
struct Question {
    enum class About : std::uint8_t { page, whereabouts };
    Uuid id;
    About about = About::page;
    std::int64_t after_seq = 0;  // of a page
};

struct Page {
    std::int64_t after_seq = 0;
    // The chain value that it begins at; absent when the log does not reach there.
    std::optional<Chain> from;
    std::vector<BytesView> records;
    Position head;  // of the log when it was read
};

enum class Via : std::uint8_t { bus, page };

enum class Verdict : std::uint8_t {
    apply,      // it is the next one: apply it, then call `applied`
    duplicate,  // it was applied before, or is of a history that is void
    later,      // there is a gap before it
};

class Follower {
public:
    Follower(std::string source, const Position& cursor, std::int64_t evolved_until = 0)
        : source_(std::move(source)), cursor_(cursor), evolved_until_(evolved_until)
    {
    }

    [[nodiscard]] const std::string& source() const { return source_; }
    // Its epoch is the one that the owner was in when the cursor was last found in its log.
    [[nodiscard]] const Position& cursor() const { return cursor_; }
    // Up to here events are evolved without reactions.
    [[nodiscard]] std::int64_t evolved_until() const { return evolved_until_; }
    [[nodiscard]] bool rebuilding() const { return cursor_.seq < evolved_until_; }
    // The highest seq that the source is known to have reached.
    [[nodiscard]] std::int64_t known_head() const { return known_head_; }
    [[nodiscard]] bool level() const { return heard_ && !diverged_ && !rebuilding() && cursor_.seq >= known_head_; }
    // The owner's log is not the one that was followed, and it is not yet known where they part.
    [[nodiscard]] bool diverged() const { return diverged_; }

    // An event of this source has arrived. One from a page comes after `fits`.
    Verdict judge(const EventHeader& header, Via via);
    // A hint that is `later` waits here for the pages.
    void keep(std::int64_t seq, BytesView event);
    // The next waiting hint that has become applicable, if any.
    [[nodiscard]] std::optional<Bytes> take_kept();

    // Advances the cursor past `event`, whether it was applied, skipped or parked.
    void applied(const EventHeader& header, BytesView event);

    // A beacon: the source's head. At the same place the same log must show the same chain.
    void on_beacon(const Position& head);
    // Whether a page goes on from what was applied. If not, the follower has diverged.
    bool fits(const Page& page);
    // After a page's records. Events may have carried the cursor past the head meanwhile.
    void on_page_head(const Position& head);

    // The owner contains the cursor after all; up to `kept` its history is that of the epoch followed so far.
    void go_on(std::int64_t epoch, std::int64_t kept);
    // From the first record again; reactions only beyond `until`.
    void rebuild(std::int64_t epoch, std::int64_t until);

    // Nobody tells of this source: ask for a page.
    void doubt() { doubtful_ = true; }

    // What to ask now, if anything; the caller sends it under the id that it gives.
    [[nodiscard]] bool wants_answer(UtcTime now) const;
    void asked(const Question& question, UtcTime now);
    // What was asked under `id`, if it is the answer awaited; it is no longer outstanding then.
    std::optional<Question> answered(const Uuid& id);
    // No answer could be had, for the reason `code`; ask again no sooner than `at`. True when that is news: it was
    // another reason the last time, or there was an answer since.
    bool refused(UtcTime at, std::string_view code);
    [[nodiscard]] UtcTime wake_at() const;

private:
    // What was heard of an earlier epoch says nothing of this one: neither hints nor how far its log reached.
    void enter(std::int64_t epoch);
    [[nodiscard]] bool behind() const { return !heard_ || doubtful_ || rebuilding() || cursor_.seq < known_head_; }

    std::string source_;
    Position cursor_;
    std::int64_t evolved_until_ = 0;
    std::int64_t known_head_ = 0;
    bool heard_ = false;  // anything at all from the source since the start
    bool diverged_ = false;
    bool doubtful_ = false;  // something that only a fresh page explains
    std::optional<Question> asked_;
    std::string refused_for_;  // the last answer; empty: it was one
    UtcTime ask_again_{};
    std::deque<std::pair<std::int64_t, Bytes>> kept_;
};

}  // namespace gonghui::messaging
