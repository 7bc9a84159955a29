#include "common/messaging/host.hpp"

#include "common/messaging/host_state.hpp"

#include <algorithm>
#include <span>

namespace gonghui::messaging {

namespace {

// A log of any length opens at once: the end is verified here, the rest in the background.
constexpr std::int64_t verified_at_open = 1024;
constexpr std::size_t timers_per_batch = 256;
// A failure seldom comes alone: whoever lacks a key now lacks it for the next events, too.
constexpr int careful_after_failure = 64;
// A clock that jumps ahead would fire everything at once; timers wait this long for it to come to its senses.
constexpr std::chrono::seconds clock_jump{60};
// The background verification reads 5 MB/s of the log, and begins anew some hours after it has reached the head.
constexpr std::chrono::milliseconds between_log_checks{50};
constexpr std::chrono::hours between_log_passes{6};
// A segment takes two seconds, or twenty while messages come: faster than they can fill another one.
constexpr std::chrono::milliseconds between_seals{20};
constexpr std::chrono::milliseconds between_seals_under_load{200};
constexpr std::chrono::minutes after_a_failure{1};
// Of one caller in one transaction: more a second than a partition answers in the long run.
constexpr std::size_t forgotten_at_once = 1000;

[[noreturn]] void refuse(const std::string& source, const Damage& damage)
{
    throw BrokenChain(damage.seq, "the log of " + source + " is damaged at record " + std::to_string(damage.seq) +
                                      ": " + damage.what + "; restore the store from a backup (gonghui restore)");
}

}  // namespace

void migrate_host_tables(sqlite::Database& database)
{
    sqlite::migrate(database, "event_log", event_log_migrations());
    sqlite::migrate(database, "answers", answers_migrations());
    sqlite::migrate(database, "cursors", cursors_migrations());
    sqlite::migrate(database, "parked", parked_migrations());
    sqlite::migrate(database, "timers", timers_migrations());
    sqlite::migrate(database, "forks", forks_migrations());
    sqlite::migrate(database, "damages", damages_migrations());
    sqlite::migrate(database, "claims",
                    {{1, "CREATE TABLE claims (number INTEGER NOT NULL) STRICT; INSERT INTO claims VALUES (0);"}});
}

Host::State::State(HostSettings its_settings, HostPorts its_ports)
    : settings(std::move(its_settings)),
      ports(std::move(its_ports)),
      log(ports.database),
      answers(ports.database),
      cursors(ports.database),
      parked(ports.database),
      timers(ports.database),
      batch(settings.source, log, ports.service_key, ports.random),
      tracing(std::make_shared<Tracing>(settings.traces, to_string(settings.source), ports.clock, ports.random)),
      own_source(to_string(settings.source))
{
    if (const auto damage = remembered_damage(ports.database)) refuse(own_source, *damage);
    try {
        log.verify_tail(verified_at_open);
    } catch (const BrokenChain& broken) {
        refuse(own_source, {broken.seq, broken.what()});
    }
    claim = ports.database.value<std::int64_t>("UPDATE claims SET number = number + 1 RETURNING number").value();

    opened_at = log.head().seq;
    for (auto& cursor : cursors.all())
        followers.emplace(cursor.source, Follower(cursor.source, cursor.position, cursor.evolved_until));
    for (const auto& service : ports.service.follows()) {
        const auto first = to_string(Source{settings.source.district, service, catalogue});
        if (first == own_source) continue;
        followers.try_emplace(first, Follower(first, Position{}));
        if (service == settings.source.service)
            own_catalogue = first;
        else
            ports.transport.follow(topic_prefix(settings.source.district, service));
    }
    look_for_rebuilds();
}

bool Host::State::step()
{
    const auto now = ports.clock.now();
    if (last_step != UtcTime{} && now - last_step > clock_jump) {
        timers_pause_until = now + clock_jump;
        ports.alarm("clock_jumped", "timers are paused for a minute");
    }
    last_step = now;

    if (done_ready == ready.size()) {
        ready.clear();
        done_ready = 0;
    }
    complete_work();
    if (done == inbound.size()) {
        inbound.clear();
        done = 0;
        ports.transport.receive(inbound, settings.batch);
    }
    const bool arrived = !inbound.empty() || !ready.empty();
    if (!arrived) is_behind = false;
    const bool fires = next_timer() <= now && now >= timers_pause_until;
    const bool retries = parked.count() > 0 && now >= retry_not_ready_at;
    const bool work = arrived || !waiting.empty() || (!rebuilding && (fires || retries));
    ports.urgency(arrived && !fires && !is_behind && !draining && !somebody_waits() ? Urgency::background
                                                                                    : Urgency::normal);
    if (work) run_inbound(now);
    check_log(now);
    forget_answers(now);
    seal_log(now, arrived ? between_seals_under_load : between_seals);
    if (!work) publish_all();
    beacon(now);
    ask_owners(now);
    fetch_keys(now);

    const auto left = backlog(now);
    const std::scoped_lock lock(published_mutex);
    published_counters = counters;
    published_backlog = left;
    published_level = std::all_of(followers.begin(), followers.end(), [](const auto& f) { return f.second.level(); });
    return arrived;
}

Backlog Host::State::backlog(UtcTime now) const
{
    Backlog left;
    for (const auto& [source, follower] : followers)
        left.behind += std::max<std::int64_t>(0, follower.known_head() - follower.cursor().seq);
    left.parked = parked.count();
    left.timers_late = std::max(Duration::zero(), now - next_timer());
    return left;
}

bool Host::State::somebody_waits() const
{
    const auto left = std::span(inbound).subspan(done);
    return !ready.empty() || !waiting.empty() || std::any_of(left.begin(), left.end(), [](const auto& message) {
        return std::holds_alternative<InboundRequest>(message);
    });
}

void Host::State::run_inbound(UtcTime now)
{
    const Memory before = memory();
    const auto head = log.head();
    if (careful_batches > 0) --careful_batches;
    try {
        run_batch(before, now);
    } catch (const RunAgain&) {
        memory() = before;
        log.rewind(head);
        parked.reload();
        ++counters.batches_again;
        // Keys that the first run took up from their owner are in the keyring already, and no answer will say so again.
        retry_not_ready_at = {};
        careful_batches = careful_after_failure;
        run_batch(before, now);
    }
    send_effects();
}

void Host::State::run_batch(const Memory& before, UtcTime now)
{
    batch.clear();
    tracing->on_batch();
    sqlite::Transaction transaction(ports.database);
    handle_inbound(now);
    fire_timers(now);
    retry_not_ready(now);
    retry_waiting(now);
    for (const auto& [source, follower] : followers) {
        const auto old = before.followers.find(source);
        if (old == before.followers.end() || old->second.cursor().seq != follower.cursor().seq)
            cursors.set(source, follower.cursor(), follower.evolved_until());
    }
    // Keys first: an event must never name a key that a crash could lose.
    if (ports.keyring) batch.destroyed_keys = ports.keyring->commit();
    tracing->on_commit();
    transaction.commit();
    tracing->on_committed(batch.publications.size());
    ++counters.commits;
}

void Host::State::handle_inbound(UtcTime now)
{
    std::size_t requests = 0;
    std::size_t request_bytes = 0;
    const auto share = outbox.size() / (inbound.size() - done + ready.size() - done_ready + 1) + 1;  // per message
    const auto is_full = [&] {
        return request_bytes >= settings.batch_request_bytes || requests >= settings.batch_requests;
    };
    const auto take = [&](const InboundRequest& request, const Prepared& prepared) {
        const auto preparations = batch.preparations.size();
        on_request(request, prepared, now);
        if (batch.preparations.size() > preparations) return;  // its turn comes later
        ++requests;
        request_bytes += request.bytes.size();
    };
    for (; done_ready < ready.size() && !is_full(); ++done_ready) {
        take(ready[done_ready].request, ready[done_ready].prepared);
        publish(share);
    }
    for (; done < inbound.size() && !is_full(); ++done) {
        const auto& message = inbound[done];
        if (const auto* request = std::get_if<InboundRequest>(&message)) {
            take(*request, nullptr);
        } else if (const auto* event = std::get_if<InboundEvent>(&message)) {
            on_event(*event, now);
        } else {
            on_answer(std::get<InboundReply>(message), now);
        }
        ++counters.messages;
        publish(share);
    }
    publish_all();
}

void Host::State::publish_all()
{
    publish(outbox.size());
}

void Host::State::publish(std::size_t most)
{
    const auto until = std::min(outbox.size(), published + most);
    for (; published < until; ++published) ports.transport.publish(outbox[published].topic, outbox[published].event);
    if (published < outbox.size()) return;
    if (!outbox.empty()) tracing->on_published();
    outbox.clear();
    published = 0;
}

// Only what is committed leaves the house.
void Host::State::send_effects()
{
    for (const auto& answer : batch.replies) ports.transport.reply(answer.token, answer.reply);
    counters.events_published += static_cast<std::int64_t>(batch.publications.size());
    outbox.swap(batch.publications);
    if (outbox.size() <= settings.burst) publish_all();
    const auto start = [this](const Pending& pending, Work work) {
        if (submit(std::move(work))) return;
        const auto busy = Reply::retry("busy", std::chrono::milliseconds(50));
        ports.transport.reply(pending.request.token, encode_reply(pending.id, busy, at()));
        ++counters.retried;
    };
    for (const auto& pending : batch.readings) start(pending, reading(pending));
    for (const auto& pending : batch.preparations) start(pending, preparation(pending));
    for (const auto& effect : batch.effects) effect();
    if (batch.destroyed_keys && ports.backup) ports.backup->destroy_keys();
    if (batch.backup && ports.backup) ports.backup->begin(*batch.backup);
    for (const auto& one : batch.alarms) ports.alarm(one.code, one.detail);
}

bool Host::State::submit(Work work)
{
    const bool is_taken = ports.executor.submit(std::move(work));
    if (is_taken) ++work_out;
    return is_taken;
}

void Host::State::complete_work()
{
    completed.clear();
    ports.executor.take_completed(completed);
    work_out -= completed.size();
    for (const auto& complete : completed) complete();
}

void Host::State::check_log(UtcTime now)
{
    if (const auto damage = log_check->damage()) {
        sqlite::Transaction transaction(ports.database);
        remember_damage(ports.database, *damage, now);
        transaction.commit();
        ports.alarm("log_damaged", "record " + std::to_string(damage->seq) + ": " + damage->what);
        refuse(own_source, *damage);
    }
    if (log_check_out || draining || now < next_log_check) return;
    const auto completed_at = log_check->progress().completed_at;
    next_log_check = now + between_log_checks;
    if (completed_at && !log_check->under_way() && now < *completed_at + between_log_passes) {
        next_log_check = *completed_at + between_log_passes;
        return;
    }
    log_check_out = submit([this, check = log_check, &clock = ports.clock](auto& reader) -> Completion {
        check->step(reader, clock.now());
        return [this] {
            log_check_out = false;
        };
    });
}

void Host::State::forget_answers(UtcTime now)
{
    if (draining || now < next_forgetting) return;
    sqlite::Transaction transaction(ports.database);
    const bool is_all = answers.forget(now - answers_forgotten_after, forgotten_at_once);
    transaction.commit();
    next_forgetting = now + std::chrono::seconds(is_all ? 60 : 1);
}

void Host::State::seal_log(UtcTime now, Duration pace)
{
    if (sealing_out || draining || now < next_sealing || !has_cold_records()) return;
    next_sealing = now + pace;
    if (is_sealed_left) {
        sqlite::Transaction transaction(ports.database);
        is_sealed_left = remove_sealed(ports.database, settings.sealing.removed);
        transaction.commit();
        return;
    }
    if (!sealing) sealing = Sealing::next(ports.database, settings.sealing);
    if (sealing) copy_stretch(now);
}

bool Host::State::has_cold_records() const
{
    return is_sealed_left || log.head().seq - sealed_until >= settings.sealing.hot + settings.sealing.segment;
}

void Host::State::copy_stretch(UtcTime now)
{
    sealing_out = submit([this, stretch = sealing, check = log_check, now](auto& reader) -> Completion {
        bool is_complete = false;
        std::string failure;
        try {
            is_complete = stretch->step(reader);
        } catch (const BrokenChain& broken) {
            check->found({broken.seq, broken.what()});
        } catch (const std::exception& error) {
            failure = error.what();
        }
        return [this, is_complete, failure, now] {
            sealing_out = false;
            if (!is_complete && failure.empty()) return;
            if (is_complete) {
                sqlite::Transaction transaction(ports.database);
                name_segment(ports.database, sealing->segment());
                transaction.commit();
                sealed_until = sealing->segment().last;
                is_sealed_left = true;
            } else {
                ports.alarm("segment_failed", failure);
                next_sealing = now + after_a_failure;
            }
            sealing.reset();
        };
    });
}

void Host::State::beacon(UtcTime now)
{
    if (draining || now < next_beacon) return;
    next_beacon = now + beacon_interval;
    look_into_catalogue();
    publish_all();  // who hears of a head is to have heard of what led to it
    const auto& head = log.head();
    ports.transport.hold({settings.source, settings.partitions, claim, head.epoch, head.seq});

    codec::Writer data;
    data.map(3);
    data.text("chain");
    data.binary(head.chain);
    data.text("claim");
    data.integer(claim);
    data.text("partitions");
    data.integer(settings.partitions);

    EventHeader header;
    header.id = make_random_uuid(ports.random);
    header.source = own_source;
    header.type = "_head";
    header.time = now;
    header.dataschema = "bus/_head.v1";
    header.epoch = head.epoch;
    header.seq = head.seq;
    codec::Writer event;
    encode_event(event, header, data.view());
    ports.transport.publish(topic_of(settings.source, header.type), event.view());
}

void Host::State::fire_timers(UtcTime now)
{
    if (rebuilding || now < timers_pause_until) return;
    for (const auto& timer : timers.due(now, timers_per_batch)) {
        const Context context{now, Actor{Role::service, {}, {}, settings.source.service}, timer.id(), {}, ports.random};
        const auto traced = tracing->begin(timer);
        batch.begin(context.cause, traced.traceparent, now);
        const auto failure = guarded([&] {
            timers.clear(timer.kind, timer.subject);
            ports.service.fire(timer, context, batch);
            return true;
        });
        ++counters.timers_fired;
        tracing->end(traced, failure ? "fault" : "fired", {});
        if (!failure) continue;
        // Not lost and not in the way: it comes again in a minute.
        alarm("timer_failed", timer.kind + ": " + failure->detail);
        timers.set(timer.kind, timer.subject, now + std::chrono::minutes(1));
    }
}

// Between transactions only: what is rolled back counts as a change when it is made, not when it is undone.
UtcTime Host::State::next_timer() const
{
    const auto changes = ports.database.all_changes();
    if (changes != next_timer_known_at) known_next_timer = timers.next_due().value_or(UtcTime::max());
    next_timer_known_at = changes;
    return known_next_timer;
}

UtcTime Host::State::wake_at() const
{
    if (done < inbound.size() || done_ready < ready.size() || !outbox.empty()) return last_step;
    auto at = std::min(next_beacon, next_log_check);
    if (!sealing_out && has_cold_records()) at = std::min(at, next_sealing);
    for (const auto& [source, follower] : followers)
        if (!waits_for_rebuild(follower)) at = std::min(at, follower.wake_at());
    if (!rebuilding) {
        at = std::min(at, std::max(next_timer(), timers_pause_until));
        if (parked.count() > 0) at = std::min(at, retry_not_ready_at);
    }
    if (!waiting.empty()) at = std::min(at, last_step + std::chrono::milliseconds(5));
    return at;
}

Host::Host(HostSettings settings, HostPorts ports)
    : state_(std::make_unique<State>(std::move(settings), std::move(ports)))
{
}

Host::~Host() = default;

bool Host::step()
{
    return state_->step();
}

UtcTime Host::wake_at() const
{
    return state_->wake_at();
}

bool Host::drain()
{
    if (!state_->draining) state_->ports.transport.release(state_->settings.source);
    state_->draining = true;
    state_->step();
    return state_->done == state_->inbound.size() && state_->done_ready == state_->ready.size() &&
           state_->work_out == 0 && state_->waiting.empty() && state_->outbox.empty();
}

Position Host::head() const
{
    return state_->log.head();
}

bool Host::level() const
{
    const std::scoped_lock lock(state_->published_mutex);
    return state_->published_level;
}

LogCheck::Progress Host::log_check() const
{
    return state_->log_check->progress();
}

Backlog Host::backlog() const
{
    const std::scoped_lock lock(state_->published_mutex);
    return state_->published_backlog;
}

HostCounters Host::counters() const
{
    const std::scoped_lock lock(state_->published_mutex);
    return state_->published_counters;
}

}  // namespace gonghui::messaging
