#include "common/messaging/host_state.hpp"

#include <algorithm>
#include <limits>

namespace gonghui::messaging {

namespace {

constexpr std::size_t most_waiting = 1024;
constexpr std::chrono::milliseconds longest_wait{1000};
constexpr std::size_t parked_page = 200;
constexpr std::size_t forks_in_page = 20;
constexpr std::size_t reactions_in_fork = 200;

// "training._log_read" -> "_log_read"; empty for a service's own types.
std::string_view bus_request(std::string_view type)
{
    const auto dot = type.find('.');
    if (dot == std::string_view::npos || dot + 1 >= type.size() || type[dot + 1] != '_') return {};
    return type.substr(dot + 1);
}

template <class T>
T number_or(const codec::Value& data, std::string_view name, T otherwise)
{
    const auto value = data.find(name);
    return value ? static_cast<T>(value->integer().value_or(static_cast<std::int64_t>(otherwise))) : otherwise;
}

std::string text_of(const codec::Value& data, std::string_view name)
{
    const auto value = data.find(name);
    return value ? std::string(value->text().value_or("")) : std::string();
}

Reply log_page(const Request& request, sqlite::Database& reader)
{
    const auto after = number_or<std::int64_t>(request.data, "after_seq", 0);
    // There is no such place, and to look for it would find a damage that is none.
    if (after < 0 || after == std::numeric_limits<std::int64_t>::max())
        return Reply::invalid("invalid_fields", {{"after_seq", "out_of_range"}});
    const auto most =
        std::clamp<std::size_t>(number_or<std::size_t>(request.data, "max_bytes", page_bytes), 1, page_bytes);
    const sqlite::Snapshot one_state(reader);  // so that the head fits the records
    auto records = read_log(reader, after, most);
    if (records.size() > codec::Limits::entries) records.resize(codec::Limits::entries);
    const auto from = position_at(reader, after);
    const auto head = EventLog(reader).head();

    codec::Writer out;
    out.map(from ? 3 : 2);
    out.text("records");
    out.array(records.size());
    for (const auto& record : records) out.binary(record.bytes);
    if (from) {
        out.text("from");
        out.map(1);
        out.text("chain");
        out.binary(from->chain);
    }
    out.text("head");
    out.map(3);
    out.text("epoch");
    out.integer(head.epoch);
    out.text("seq");
    out.integer(head.seq);
    out.text("chain");
    out.binary(head.chain);
    Reply reply;
    reply.data = out.take();
    return reply;
}

Reply parked_page_of(const Request&, sqlite::Database& reader)
{
    const auto events = Parked(reader).list(parked_page);
    codec::Writer out;
    out.map(1);
    out.text("events");
    out.array(events.size());
    const auto text = [&](std::string_view name, std::string_view value) {
        out.text(name);
        out.text(value);
    };
    for (const auto& event : events) {
        out.map(7);
        text("source", event.source);
        out.text("seq");
        out.integer(event.seq);
        text("lane", event.lane);
        text("reason", event.reason);
        text("detail", event.detail);
        out.text("parked_at");
        out.integer(to_microseconds(event.parked_at));
        out.text("event");
        out.binary(event.bytes);
    }
    Reply reply;
    reply.data = out.take();
    return reply;
}

Reply forks_page(sqlite::Database& reader)
{
    const sqlite::Snapshot one_state(reader);
    const auto found = forks(reader, forks_in_page);
    codec::Writer out;
    const auto number = [&](std::string_view name, std::int64_t value) {
        out.text(name);
        out.integer(value);
    };
    out.map(1);
    out.text("forks");
    out.array(found.size());
    for (const auto& fork : found) {
        out.map(6);
        out.text("source");
        out.text(fork.source);
        number("epoch", fork.epoch);
        number("kept", fork.kept);
        number("was_at", fork.was_at);
        number("at", to_microseconds(fork.at));
        const auto reactions = reactions_to_vanished(reader, fork, reactions_in_fork);
        out.text("reactions");
        out.array(reactions.size());
        for (const auto& reaction : reactions) out.binary(reaction.bytes);
    }
    Reply reply;
    reply.data = out.take();
    return reply;
}

}  // namespace

At Host::State::at() const
{
    return {own_source, log.head().epoch, log.head().seq};
}

void Host::State::reply(ReplyToken token, const Uuid& id, const Reply& reply)
{
    switch (reply.outcome) {
        case Outcome::accepted:
            ++counters.accepted;
            break;
        case Outcome::refused:
            ++counters.refused;
            break;
        case Outcome::invalid:
            ++counters.invalid;
            break;
        case Outcome::retry:
            ++counters.retried;
            break;
        case Outcome::fault:
            ++counters.faults;
            break;
    }
    batch.replies.push_back({token, encode_reply(id, reply, at())});
}

void Host::State::on_request(const InboundRequest& arrived, const Prepared& prepared, UtcTime now)
{
    const auto request = decode_request(parser, arrived.bytes, arrived.caller);
    if (!request) return reply(arrived.token, id_of(arrived.bytes), Reply::invalid("invalid_request", request.error()));
    if (draining && !prepared)
        return reply(arrived.token, request->id, Reply::retry("draining", std::chrono::milliseconds(200)));
    if (request->deadline && *request->deadline < now)
        return reply(arrived.token, request->id, Reply::retry("deadline_passed", std::chrono::milliseconds(0)));
    if (request->after && request->after->source != own_source && !follows(request->after->source))
        return reply(arrived.token, request->id, Reply::invalid("invalid_request", {{"after.source", "not_followed"}}));
    if (request->after && !level_with(*request->after)) {
        if (waiting.size() >= most_waiting)
            return reply(arrived.token, request->id, Reply::retry("not_level", std::chrono::milliseconds(200)));
        if (request->after->source == own_catalogue) look_into_catalogue();
        return waiting.push_back({arrived, now + longest_wait});
    }

    const auto bus = bus_request(request->type);
    if (bus == "_status") return reply(arrived.token, request->id, status(now));
    if (bus == "_backup") return reply(arrived.token, request->id, begin_backup(*request));
    const bool of_the_log = bus == "_log_read" || bus == "_log_place" || bus == "_parked_list" || bus == "_forks_list";
    if (rebuilding && !of_the_log)
        return reply(arrived.token, request->id, Reply::retry("rebuilding", std::chrono::milliseconds(200)));
    const bool reading = bus == "_log_read" || bus == "_parked_list" || bus == "_forks_list" ||
                         ports.service.form_of(request->type) == Form::query;
    if (reading)
        batch.readings.push_back({arrived, request->id});
    else
        answer_command(arrived, *request, prepared, now);
}

void Host::State::retry_waiting(UtcTime now)
{
    for (auto left = waiting.size(); left > 0; --left) {
        auto one = std::move(waiting.front());
        waiting.pop_front();
        const auto request = decode_request(parser, one.request.bytes, one.request.caller);
        if (level_with(*request->after))
            on_request(one.request, nullptr, now);
        else if (now >= one.until || draining)
            reply(one.request.token, request->id, Reply::retry("not_level", std::chrono::milliseconds(200)));
        else {
            // A page that was under way when it came may not have shown what it waits for.
            if (request->after->source == own_catalogue) look_into_catalogue();
            waiting.push_back(std::move(one));
        }
    }
}

bool Host::State::level_with(const At& after) const
{
    // What was said in an earlier epoch is here already, or gone for ever.
    if (after.source == own_source) return log.head().seq >= after.seq || log.head().epoch > after.epoch;
    const auto found = followers.find(after.source);
    if (found == followers.end()) return false;
    const auto& follower = found->second;
    const auto& cursor = follower.cursor();
    if (follower.rebuilding()) return false;
    return cursor.epoch == after.epoch ? cursor.seq >= after.seq : cursor.epoch > after.epoch && follower.level();
}

// The request's id alone decides: nothing of it has been run yet.
std::optional<Reply> Host::State::unacceptable(const Request& request, UtcTime now) const
{
    const auto made = time_of(request.id);
    if (!made) return Reply::invalid("id_not_uuid_v7");
    if (*made < std::max(now - answers_kept, answers.forgotten_until())) return Reply::invalid("id_too_old");
    return std::nullopt;
}

void Host::State::answer_command(const InboundRequest& arrived, const Request& request, const Prepared& prepared,
                                 UtcTime now)
{
    if (const auto refusal = unacceptable(request, now)) return reply(arrived.token, request.id, *refusal);
    auto first = answers.find(arrived.caller, request.id);
    if (!first && !prepared && ports.service.prepares(request.type)) {
        batch.preparations.push_back({arrived, request.id});
        return;
    }
    const auto print = fingerprint(request);
    if (first) {
        if (first->fingerprint != print) return reply(arrived.token, request.id, Reply::invalid("id_reused"));
        ++counters.repeated;
        batch.replies.push_back({arrived.token, std::move(first->reply)});
        return;
    }

    // A type that nobody knows is no name for a span.
    const bool is_seen = tracing->is_on() && ports.service.form_of(request.type) != Form::unknown;
    const auto traced = is_seen ? tracing->begin(request) : Tracing::Handling{request.traceparent, std::nullopt};
    const Context context{now, request.actor, request.id, request.traceparent, ports.random};
    batch.begin(request.id, traced.traceparent, now);
    Reply answer;
    const auto failure = guarded([&] {
        answer = run_command(request, prepared, context);
        if (answer.outcome != Outcome::accepted) return false;
        answers.add(arrived.caller, request.id, print, encode_reply(request.id, answer, at()));
        return true;
    });
    if (failure && failure->reason == "not_ready") {
        answer = Reply::retry("not_ready", std::chrono::milliseconds(100));
    } else if (failure && failure->reason == "failed") {
        alarm("command_failed", std::string(request.type) + ": " + failure->detail);
        answer = Reply::fault("internal");
    }
    // A refusal stands as firmly as an acceptance; it leaves nothing behind but its record.
    if (answer.outcome == Outcome::refused)
        answers.add(arrived.caller, request.id, print, encode_reply(request.id, answer, at()));
    tracing->end(traced, to_string(answer.outcome), answer.code);
    reply(arrived.token, request.id, answer);
}

Reply Host::State::run_command(const Request& request, const Prepared& prepared, const Context& context)
{
    const auto bus = bus_request(request.type);
    if (bus == "_log_place") return place_of(request);
    if (bus == "_parked_retry") return retry_parked(request, context);
    if (bus == "_parked_drop") return drop_parked(request, context);
    if (ports.service.form_of(request.type) == Form::unknown) return Reply::invalid("unknown_type");
    return ports.service.command(request, prepared, context, batch);
}

Reply Host::State::retry_parked(const Request& request, const Context& context)
{
    const auto source = text_of(request.data, "source");
    const auto event = parked.find(source, number_or<std::int64_t>(request.data, "seq", 0));
    if (!event) return Reply::refused({"not_parked", {}});
    const auto settled = retry_lane(source, event->lane, context.now);
    codec::Writer out;
    out.map(1);
    out.text("settled");
    out.integer(static_cast<std::int64_t>(settled));
    Reply reply;
    reply.data = out.take();
    return reply;
}

// Dropping loses something for ever, so it is an event of its own: who dropped what, and why.
Reply Host::State::drop_parked(const Request& request, const Context& context)
{
    const auto source = text_of(request.data, "source");
    const auto seq = number_or<std::int64_t>(request.data, "seq", 0);
    const auto reason = text_of(request.data, "reason");
    if (reason.find_first_not_of(" \t\r\n") == std::string::npos)
        return Reply::invalid("invalid_fields", {{"reason", "missing"}});
    const auto event = parked.find(source, seq);
    if (!event) return Reply::refused({"not_parked", {}});
    parked.remove(source, seq);
    codec::Writer out;
    out.map(4);
    out.text("source");
    out.text(source);
    out.text("seq");
    out.integer(seq);
    out.text("reason");
    out.text(reason);
    out.text("by");
    out.text(context.actor.service);
    batch.append("bus/_parked_dropped.v1", event->lane, false, out.view());
    retry_lane(source, event->lane, context.now);
    return Reply::accepted();
}

namespace {

// A request on another thread than the host's, decoded by that thread's own parser.
Request decoded_there(const InboundRequest& arrived)
{
    thread_local codec::Parser parser;
    return *decode_request(parser, arrived.bytes, arrived.caller);  // the host has decoded it before
}

}  // namespace

Work Host::State::reading(Pending pending)
{
    return [this, &service = ports.service, &clock = ports.clock, &random = ports.random, check = log_check, at = at(),
            traces = tracing, pending = std::move(pending)](sqlite::Database& reader) -> Completion {
        const auto request = decoded_there(pending.request);
        auto span = traces->begin_elsewhere(request);
        const Context context{clock.now(), request.actor, request.id, request.traceparent, random};
        Reply answer;
        try {
            const auto bus = bus_request(request.type);
            answer = bus == "_log_read"      ? log_page(request, reader)
                     : bus == "_parked_list" ? parked_page_of(request, reader)
                     : bus == "_forks_list"  ? forks_page(reader)
                                             : service.query(request, context, reader);
        } catch (const NotReady&) {
            answer = Reply::retry("not_ready", std::chrono::milliseconds(100));
        } catch (const BrokenChain& broken) {
            check->found({broken.seq, broken.what()});  // at its next turn the host stops
            answer = Reply::fault("log_damaged");
        } catch (const std::exception&) {
            answer = Reply::fault("internal");
        }
        traces->end_elsewhere(std::move(span), answer);
        return [this, token = pending.request.token, bytes = encode_reply(pending.id, answer, at)] {
            ports.transport.reply(token, bytes);
        };
    };
}

Work Host::State::preparation(Pending pending)
{
    return [this, &service = ports.service, &clock = ports.clock, &random = ports.random,
            pending = std::move(pending)](sqlite::Database&) mutable -> Completion {
        const auto request = decoded_there(pending.request);
        const Context context{clock.now(), request.actor, request.id, request.traceparent, random};
        try {
            auto prepared = service.prepare(request, context);
            return [this, command = std::move(pending.request), prepared = std::move(prepared)]() mutable {
                ready.push_back({std::move(command), std::move(prepared)});
            };
        } catch (const std::exception&) {
            return [this, token = pending.request.token, id = pending.id] {
                ++counters.faults;
                ports.transport.reply(token, encode_reply(id, Reply::fault("internal"), at()));
            };
        }
    };
}

// Answers at once; how it goes is in the status.
Reply Host::State::begin_backup(const Request& request)
{
    if (!ports.backup) return Reply::refused({"not_kept", {}});
    if (batch.backup || ports.backup->state().under_way) return Reply::refused({"under_way", {}});
    batch.backup = number_or<std::int64_t>(request.data, "keep", 0);
    return Reply::accepted();
}

void write_backup(codec::Writer& out, const Backup::State& state)
{
    out.text("backup");
    out.map(state.newest_at ? 5 : 4);
    out.text("under_way");
    out.boolean(state.under_way);
    out.text("pages_left");
    out.integer(state.pages_left);
    out.text("file");
    out.text(state.file);
    out.text("error");
    out.text(state.error);
    if (!state.newest_at) return;
    out.text("newest_at");
    out.integer(to_microseconds(*state.newest_at));
}

Reply Host::State::status(UtcTime now) const
{
    codec::Writer out;
    const auto number = [&](std::string_view name, std::int64_t value) {
        out.text(name);
        out.integer(value);
    };
    const auto text = [&](std::string_view name, std::string_view value) {
        out.text(name);
        out.text(value);
    };
    const auto checked = log_check->progress();
    out.map(11U + (checked.completed_at ? 1U : 0U) + (ports.backup ? 1U : 0U));
    text("source", own_source);
    text("version", settings.version);
    number("claim", claim);
    number("epoch", log.head().epoch);
    number("head", log.head().seq);
    number("now", to_microseconds(now));
    number("checked", checked.checked);
    if (checked.completed_at) number("checked_at", to_microseconds(*checked.completed_at));
    if (ports.backup) write_backup(out, ports.backup->state());
    number("parked", parked.count());
    number(
        "store_bytes",
        ports.database.value<std::int64_t>("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
            .value_or(0));
    out.text("follows");
    out.array(followers.size());
    for (const auto& [source, follower] : followers) {
        out.map(6);
        text("source", source);
        number("epoch", follower.cursor().epoch);
        number("cursor", follower.cursor().seq);
        number("head", follower.known_head());
        out.text("diverged");
        out.boolean(follower.diverged());
        out.text("rebuilding");
        out.boolean(follower.rebuilding());
    }
    out.text("counters");
    out.map(17);
    number("accepted", counters.accepted);
    number("refused", counters.refused);
    number("invalid", counters.invalid);
    number("retried", counters.retried);
    number("faults", counters.faults);
    number("repeated", counters.repeated);
    number("events_published", counters.events_published);
    number("applied_live", counters.applied_live);
    number("applied_from_pages", counters.applied_from_pages);
    number("skipped", counters.skipped);
    number("parked", counters.parked);
    number("duplicates", counters.duplicates);
    number("undecodable", counters.undecodable);
    number("commits", counters.commits);
    number("messages", counters.messages);
    number("gaps", counters.gaps);
    number("batches_again", counters.batches_again);
    Reply reply;
    reply.data = out.take();
    return reply;
}

}  // namespace gonghui::messaging
