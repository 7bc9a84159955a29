#pragma once
// One followed source, as a state machine without I/O: hints from the bus in, events to apply and pages to ask for out.
//
// While the follower is level it applies hints as they come. A gap in `seq`, or a beacon that names a head beyond the
// cursor, makes it ask for pages of the owner's log; hints that arrive meanwhile wait, bounded, for the pages to meet
// them. Whatever is lost, doubled or late, the order of application is that of the log.

#include "common/messaging/envelope.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <string>

namespace gonghui::messaging {

// Bounds on the hints that wait for pages: past them later hints are let go, and a page brings them.
inline constexpr std::size_t waiting_hints = 16'384;
inline constexpr std::size_t page_bytes = 256 * 1024;
// A page that has not come after this long is asked for again.
inline constexpr std::chrono::seconds page_patience{2};

struct PageRequest {
    Uuid id;
    std::int64_t after_seq = 0;
};

enum class Verdict : std::uint8_t {
    apply,      // it is the next one: apply it, then call `applied`
    duplicate,  // it was applied before
    later,      // there is a gap before it
    diverged,   // it contradicts what was applied: not the log that was followed so far
};

class Follower {
public:
    Follower(std::string source, const Position& cursor) : source_(std::move(source)), cursor_(cursor) {}

    [[nodiscard]] const std::string& source() const { return source_; }
    [[nodiscard]] const Position& cursor() const { return cursor_; }
    // The highest seq that the source is known to have reached.
    [[nodiscard]] std::int64_t known_head() const { return known_head_; }
    [[nodiscard]] bool level() const { return heard_ && !diverged_ && cursor_.seq >= known_head_; }
    [[nodiscard]] bool diverged() const { return diverged_; }

    // An event of this source has arrived, from the bus or from a page.
    Verdict judge(const EventHeader& header);
    // A hint that is `later` waits here for the pages.
    void keep(std::int64_t seq, BytesView event);
    // The next waiting hint that has become applicable, if any.
    [[nodiscard]] std::optional<Bytes> take_kept();

    // Advances the cursor past `event`, whether it was applied, skipped or parked.
    void applied(const EventHeader& header, BytesView event);

    // A beacon: the source's head. At the same place the same log must show the same chain.
    void on_beacon(const Position& head);
    // The head as a page states it. It was read after the page was asked for at `after_seq`, so a source that is behind
    // that place has lost its end; events that came meanwhile may well have carried the cursor past the head.
    void on_page_head(const Position& head, std::int64_t after_seq);

    // The page to ask for now, if any; the caller sends it under the id that it gives.
    [[nodiscard]] bool wants_page(UtcTime now) const;
    void page_asked(const PageRequest& request, UtcTime now);
    // What was asked for under `id`, if it is the page awaited; it is no longer outstanding then.
    std::optional<PageRequest> page_came(const Uuid& id);
    // The page could not be had; ask again no sooner than `at`.
    void page_refused(UtcTime at);
    [[nodiscard]] UtcTime wake_at() const;

private:
    void head_seen(std::int64_t seq);
    [[nodiscard]] bool behind() const { return !heard_ || suspicious_ || cursor_.seq < known_head_; }

    std::string source_;
    Position cursor_;
    std::int64_t known_head_ = 0;
    bool heard_ = false;  // anything at all from the source since the start
    bool diverged_ = false;
    bool suspicious_ = false;
    std::optional<PageRequest> asked_;
    UtcTime ask_again_{};
    std::deque<std::pair<std::int64_t, Bytes>> kept_;
};

}  // namespace gonghui::messaging
