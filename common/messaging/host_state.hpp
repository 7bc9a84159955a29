#pragma once
// The inside of the host; for its own source files only.

#include "common/messaging/answers.hpp"
#include "common/messaging/batch.hpp"
#include "common/messaging/cursors.hpp"
#include "common/messaging/follower.hpp"
#include "common/messaging/forks.hpp"
#include "common/messaging/host.hpp"
#include "common/messaging/parked.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <optional>

namespace gonghui::messaging {

// Requests that wait until this partition is level with what they name.
struct Waiting {
    InboundRequest request;
    UtcTime until;
};

// A command that has been prepared: its turn has come.
struct Ready {
    InboundRequest request;
    Prepared prepared;
};

// What a batch changes in memory, beside what is read from the store (the log's head, the parked lanes).
struct Memory {
    std::map<std::string, Follower, std::less<>> followers;
    bool rebuilding = false;
    std::size_t done = 0;        // of the inbound messages: what earlier batches have dealt with
    std::size_t done_ready = 0;  // and of the prepared commands
    std::deque<Waiting> waiting;
    UtcTime retry_not_ready_at{};
    HostCounters counters;
};

// A follower that lags by less lets others go first. In an import events are some 0.3 s old when they come: the batch
// that they are from, and their way out beside the next one.
constexpr std::chrono::seconds most_behind{1};

struct Host::State : Memory {
    State(HostSettings settings, HostPorts ports);

    // --- host.cpp: the turn ---
    bool step();
    [[nodiscard]] Backlog backlog(UtcTime now) const;
    [[nodiscard]] bool somebody_waits() const;
    Memory& memory() { return *this; }
    void run_inbound(UtcTime now);
    void run_batch(const Memory& before, UtcTime now);
    void handle_inbound(UtcTime now);
    void send_effects();
    void forget_answers(UtcTime now);
    // Moves what is cold out of the store's log, bit by bit.
    void seal_log(UtcTime now, Duration pace);
    void copy_stretch(UtcTime now);
    [[nodiscard]] bool has_cold_records() const;
    void publish_all();
    void publish(std::size_t most);
    void complete_work();
    void beacon(UtcTime now);
    void check_log(UtcTime now);
    void fire_timers(UtcTime now);
    [[nodiscard]] UtcTime wake_at() const;
    [[nodiscard]] UtcTime next_timer() const;

    // Runs one message; what it did is undone when `work` returns false or throws. Lets only a machine's fault through;
    // any other failure comes back as its description.
    //
    // A savepoint around every message would undo it at once, and cost a fifth of a rush: SQLite keeps a copy of every
    // page that a message is the first to change. Messages decide before they write, so hardly any fails after that. A
    // batch therefore begins without savepoints; when a message has to be undone that has written, the whole batch is
    // rolled back and run again with them, and so are the next ones (see run_inbound).
    struct Failure {
        std::string reason;
        std::string detail;
        bool has_reacted = false;  // the event had been applied before a rebuild
    };
    template <class Work>
    std::optional<Failure> guarded(Work work);
    template <class Work>
    std::optional<Failure> attempt(Work work);
    struct RunAgain {};  // no std::exception: nobody but run_inbound shall catch it
    void alarm(std::string_view code, std::string detail) { batch.alarms.push_back({code, std::move(detail)}); }

    // --- host_requests.cpp: what callers ask ---
    void on_request(const InboundRequest& arrived, const Prepared& prepared, UtcTime now);
    void retry_waiting(UtcTime now);
    void answer_command(const InboundRequest& arrived, const Request& request, const Prepared& prepared, UtcTime now);
    [[nodiscard]] std::optional<Reply> unacceptable(const Request& request, UtcTime now) const;
    Reply run_command(const Request& request, const Prepared& prepared, const Context& context);
    [[nodiscard]] Reply status(UtcTime now) const;
    Reply begin_backup(const Request& request);
    Reply retry_parked(const Request& request, const Context& context);
    Reply drop_parked(const Request& request, const Context& context);
    [[nodiscard]] bool level_with(const At& after) const;
    void reply(ReplyToken token, const Uuid& id, const Reply& reply);
    [[nodiscard]] At at() const;
    // Work for other threads, which may touch `service`, where it is const, and nothing else of this host.
    bool submit(Work work);
    [[nodiscard]] Work reading(Pending pending);
    [[nodiscard]] Work preparation(Pending pending);

    // --- host_events.cpp: what others say ---
    void on_event(const InboundEvent& arrived, UtcTime now);
    void on_answer(const InboundReply& arrived, UtcTime now);
    void on_page(Follower& follower, std::int64_t after_seq, const ReceivedReply& reply, UtcTime now);
    void take_record(Follower& follower, BytesView bytes, UtcTime now);
    void take(Follower& follower, const Event& event, BytesView bytes, Via via, UtcTime now);
    void settle(const Follower& follower, const Event& event, BytesView bytes, UtcTime now);
    std::optional<Failure> try_apply(const Event& event, Recorder* recorder, UtcTime now);
    void park(std::string_view source, const EventHeader& header, BytesView bytes, Failure failure, UtcTime now);
    std::size_t retry_lane(std::string_view source, std::string_view lane, UtcTime now);
    void retry_not_ready(UtcTime now);
    void ask_owners(UtcTime now);
    void ask_page(Follower& follower, std::int64_t after_seq, UtcTime now);
    void ask(Follower& follower, Question question, Bytes data, UtcTime now);
    void look_into_catalogue();
    [[nodiscard]] bool follows(std::string_view source) const;
    Follower* follower_of(std::string_view source);
    void fetch_keys(UtcTime now);

    // --- host_forks.cpp: where histories part ---
    Reply place_of(const Request& request);
    void ask_whereabouts(Follower& follower, UtcTime now);
    void on_whereabouts(Follower& follower, const ReceivedReply& reply, UtcTime now);
    void rebuild(Follower& forked, const Whereabouts& owner, UtcTime now);
    // A read model is being built again: commands, queries, timers and all other sources wait for it.
    void look_for_rebuilds();
    [[nodiscard]] bool waits_for_rebuild(const Follower& follower) const
    {
        return rebuilding && !follower.rebuilding();
    }

    HostSettings settings;
    HostPorts ports;
    EventLog log;
    Answers answers;
    Cursors cursors;
    Parked parked;
    Timers timers;
    Batch batch;
    std::shared_ptr<Tracing> tracing;  // shared as the check of the log is
    std::int64_t claim = 0;
    std::int64_t opened_at = 0;  // the head then
    int careful_batches = 0;     // so many of the next ones have savepoints
    std::string own_source;
    std::string own_catalogue;  // the source that this partition reads it from; empty: it has none, or is it

    codec::Parser parser;       // of the message at hand
    codec::Parser page_parser;  // of a page, while its records go through `parser`
    std::vector<Inbound> inbound;
    std::vector<Ready> ready;
    std::vector<Completion> completed;

    // Shared with work on other threads, which may outlive this.
    std::shared_ptr<LogCheck> log_check = std::make_shared<LogCheck>();
    bool log_check_out = false;
    UtcTime next_log_check{};
    UtcTime next_forgetting{};
    std::shared_ptr<Sealing> sealing;  // the stretch on its way into a file; shared as the check is
    bool sealing_out = false;
    std::int64_t sealed_until = last_sealed(ports.database);
    bool is_sealed_left = true;  // records that stand in a segment as well may be in the store's log
    UtcTime next_sealing{};

    std::size_t work_out = 0;

    std::vector<Publication> outbox;  // committed, and on its way to the followers
    std::size_t published = 0;        // of them
    bool draining = false;
    UtcTime next_beacon{};
    UtcTime last_step{};
    bool is_behind = false;  // it lagged by more than `most_behind`, and has not caught up since
    UtcTime timers_pause_until{};
    // The earliest timer, as long as the store has not changed since; it is asked for twice a turn.
    mutable UtcTime known_next_timer{};
    mutable std::int64_t next_timer_known_at = -1;  // of Database::all_changes

    mutable std::mutex published_mutex;
    HostCounters published_counters;
    Backlog published_backlog;  // what other threads may read
    bool published_level = false;
};

template <class Work>
std::optional<Host::State::Failure> Host::State::guarded(Work work)
{
    const auto mark = batch.mark();
    std::optional<Failure> failure;
    if (careful_batches > 0) {
        sqlite::Savepoint savepoint(ports.database);
        failure = attempt(work);
        if (!failure) savepoint.release();
    } else {
        const auto changes = ports.database.all_changes();
        failure = attempt(work);
        if (failure && ports.database.all_changes() != changes) throw RunAgain{};
    }
    if (failure) batch.undo(mark);
    return failure;
}

template <class Work>
std::optional<Host::State::Failure> Host::State::attempt(Work work)
{
    try {
        if (work()) return std::nullopt;
        return Failure{"refused", {}};
    } catch (const sqlite::Error& error) {
        if (error.machine_fault()) throw;
        return Failure{"failed", error.what()};
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const NotReady& error) {
        return Failure{"not_ready", error.what()};
    } catch (const std::exception& error) {
        return Failure{"failed", error.what()};
    }
}

}  // namespace gonghui::messaging
