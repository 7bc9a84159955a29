#include "common/messaging/host_state.hpp"

namespace gonghui::messaging {

namespace {

constexpr std::chrono::seconds not_ready_patience{1};
constexpr std::size_t not_ready_lanes = 256;

// A position whose chain stands in `map`, where one of another length counts as none.
Position position_of(std::int64_t epoch, std::int64_t seq, const codec::Value& map)
{
    Position position{epoch, seq, {}};
    const auto chain = map.find("chain").value_or(codec::Value{}).binary();
    if (chain && chain->size() == position.chain.size())
        std::copy(chain->begin(), chain->end(), position.chain.begin());
    return position;
}

Position beacon_position(const Event& beacon)
{
    return position_of(beacon.header.epoch, beacon.header.seq, beacon.data);
}

Page page_of(const codec::Value& data, std::int64_t after_seq)
{
    Page page;
    page.after_seq = after_seq;
    const auto head = data.find("head").value_or(codec::Value{});
    page.head = position_of(head.find("epoch").value_or(codec::Value{}).integer().value_or(1),
                            head.find("seq").value_or(codec::Value{}).integer().value_or(0), head);
    if (const auto from = data.find("from")) page.from = position_of(1, after_seq, *from).chain;
    const auto records = data.find("records").value_or(codec::Value{});
    for (std::size_t i = 0; i < records.size(); ++i)
        page.records.push_back(records.element(i).binary().value_or(BytesView{}));
    return page;
}

}  // namespace

// Also a partition that was not heard of before, of a service that is followed.
bool Host::State::follows(std::string_view source) const
{
    if (followers.contains(source)) return true;
    const auto parsed = Source::parse(source);
    return parsed && parsed->district == settings.source.district && parsed->service != settings.source.service &&
           ports.service.follows().contains(parsed->service);
}

// The bus brings nothing of it: what its partitions say has one prefix, and a rush in one would come past all others.
void Host::State::look_into_catalogue()
{
    if (const auto found = followers.find(own_catalogue); found != followers.end()) found->second.doubt();
}

Follower* Host::State::follower_of(std::string_view source)
{
    if (const auto found = followers.find(source); found != followers.end()) return &found->second;
    if (!follows(source)) return nullptr;
    return &followers.emplace(std::string(source), Follower(std::string(source), Position{})).first->second;
}

void Host::State::on_event(const InboundEvent& arrived, UtcTime now)
{
    const auto event = decode_event(parser, arrived.bytes);
    if (!event) {
        ++counters.undecodable;
        return alarm("undecodable_event", arrived.topic + ": " + event.error());
    }
    auto* follower = topic_matches(arrived.topic, event->header.source) ? follower_of(event->header.source) : nullptr;
    if (!follower) {
        ++counters.undecodable;
        return alarm("foreign_event", arrived.topic + " from " + std::string(event->header.source));
    }
    if (event->header.type == "_head") {
        --counters.messages;  // a heartbeat is no work
        return follower->on_beacon(beacon_position(*event));
    }
    take(*follower, *event, arrived.bytes, Via::bus, now);
}

// An undecodable record has its place in the log all the same, and is parked there.
void Host::State::take_record(Follower& follower, BytesView bytes, UtcTime now)
{
    if (waits_for_rebuild(follower)) return;  // asked for again when that is done
    const auto event = decode_event(parser, bytes);
    if (event) return take(follower, *event, bytes, Via::page, now);
    EventHeader header;
    header.epoch = follower.cursor().epoch;
    header.seq = follower.cursor().seq + 1;
    park(follower.source(), header, bytes, {"failed", event.error()}, now);
    follower.applied(header, bytes);
}

// It goes to the tables if it is the next of its source, and waits or falls away if it is not. `bytes`: the whole of
// it.
void Host::State::take(Follower& follower, const Event& event, BytesView bytes, Via via, UtcTime now)
{
    auto verdict = follower.judge(event.header, via);
    if (verdict == Verdict::apply && waits_for_rebuild(follower)) verdict = Verdict::later;
    switch (verdict) {
        case Verdict::apply:
            if (ports.key_fetcher) ports.key_fetcher->on_event(event.header);
            settle(follower, event, bytes, now);
            follower.applied(event.header, bytes);
            is_behind = is_behind || now - event.header.time > most_behind;
            if (rebuilding) look_for_rebuilds();
            ++(via == Via::bus ? counters.applied_live : counters.applied_from_pages);
            return;
        case Verdict::duplicate:
            ++counters.duplicates;
            return;
        case Verdict::later:
            if (via == Via::bus) follower.keep(event.header.seq, bytes);
            ++counters.gaps;
            return;
    }
}

// Applied, skipped or parked: in every case the event is dealt with and the cursor goes on.
void Host::State::settle(const Follower& follower, const Event& event, BytesView bytes, UtcTime now)
{
    const std::string_view source = follower.source();
    const bool again = event.header.seq <= follower.evolved_until();
    // What is parked stays parked: neither its effect nor its reaction has happened yet.
    if (again && parked.count() > 0 && parked.find(source, event.header.seq)) return;
    if (parked.blocks(source, event.header.subject, event.header.seq))
        return park(source, event.header, bytes, {"behind", "an earlier event of its lane is parked", again}, now);
    // The parser is reused by what the handler does with its own events; the header is kept apart.
    const EventHeader header = event.header;
    if (auto failure = try_apply(event, again ? nullptr : &batch, now)) {
        failure->has_reacted = again;
        park(source, header, bytes, std::move(*failure), now);
    }
}

std::optional<Host::State::Failure> Host::State::try_apply(const Event& event, Recorder* recorder, UtcTime now)
{
    if (event.is_private()) {
        ++counters.skipped;
        return std::nullopt;
    }
    const Context context{now, Actor{Role::service, {}, {}, settings.source.service}, event.header.id,
                          event.header.traceparent, ports.random};
    // What is built again has been seen before.
    const auto traced = recorder == nullptr ? Tracing::Handling{} : tracing->begin(event);
    batch.begin(event, traced.traceparent, now);
    auto known = Known::yes;
    auto failure = guarded([&] {
        known = ports.service.apply(event, event.data, context, recorder);
        return true;
    });
    if (known == Known::no) {
        ++counters.skipped;
        tracing->forget(traced);
        return failure;
    }
    tracing->end(traced, failure || known == Known::other_version ? "parked" : "applied",
                 failure ? failure->reason : "");
    if (known == Known::other_version)
        return Failure{"version", std::string(event.header.dataschema) + " is not known to this program"};
    return failure;
}

void Host::State::park(std::string_view source, const EventHeader& header, BytesView bytes, Failure failure,
                       UtcTime now)
{
    ++counters.parked;
    if (failure.reason != "not_ready" && failure.reason != "behind")
        alarm("event_parked", std::string(source) + " " + std::to_string(header.seq) + ": " + failure.detail);
    parked.add({std::string(source), header.seq, std::string(header.subject), std::move(failure.reason),
                std::move(failure.detail), now, to_bytes(bytes), failure.has_reacted});
}

// In order, until one fails again. Returns how many were settled.
std::size_t Host::State::retry_lane(std::string_view source, std::string_view lane, UtcTime now)
{
    std::size_t settled = 0;
    for (auto& waiting_event : parked.lane(source, lane)) {
        const auto event = decode_event(parser, waiting_event.bytes);
        auto* recorder = waiting_event.has_reacted ? nullptr : &batch;
        auto failure = event ? try_apply(*event, recorder, now) : Failure{"failed", event.error()};
        if (failure) {
            waiting_event.reason = failure->reason;
            waiting_event.detail = failure->detail;
            parked.add(waiting_event);
            return settled;
        }
        parked.remove(source, waiting_event.seq);
        ++settled;
    }
    return settled;
}

void Host::State::retry_not_ready(UtcTime now)
{
    if (parked.count() == 0 || rebuilding || now < retry_not_ready_at) return;
    retry_not_ready_at = now + not_ready_patience;
    for (const auto& head : parked.heads("not_ready", not_ready_lanes)) retry_lane(head.source, head.lane, now);
}

void Host::State::on_answer(const InboundReply& arrived, UtcTime now)
{
    const auto answer = decode_reply(page_parser, arrived.bytes);
    if (!answer) return alarm("undecodable_reply", answer.error());
    if (ports.key_fetcher && ports.key_fetcher->on_reply(*answer, now)) {
        retry_not_ready_at = now;  // what waited for the keys need not wait longer
        return;
    }
    for (auto& [source, follower] : followers) {
        const auto question = follower.answered(answer->id);
        if (!question) continue;
        if (answer->outcome == Outcome::accepted)
            return question->about == Question::About::page ? on_page(follower, question->after_seq, *answer, now)
                                                            : on_whereabouts(follower, *answer, now);
        const auto pause = std::max(answer->retry_after, std::chrono::milliseconds(100));
        const bool is_news = follower.refused(now + pause, answer->code);
        if (is_news && answer->outcome != Outcome::retry)
            alarm("page_refused", source + ": " + std::string(answer->code));
        return;
    }
}

void Host::State::on_page(Follower& follower, std::int64_t after_seq, const ReceivedReply& reply, UtcTime now)
{
    const auto page = page_of(reply.data, after_seq);
    if (!follower.fits(page)) return alarm("source_diverged", follower.source());
    const auto last = after_seq + static_cast<std::int64_t>(page.records.size());
    // The next page travels while this one is applied.
    if (last < page.head.seq && !page.records.empty()) ask_page(follower, last, now);
    for (const auto record : page.records) take_record(follower, record, now);
    follower.on_page_head(page.head);
    while (const auto hint = follower.take_kept())
        if (const auto event = decode_event(parser, *hint)) take(follower, *event, *hint, Via::bus, now);
}

void Host::State::ask_owners(UtcTime now)
{
    if (draining) return;
    for (auto& [source, follower] : followers) {
        if (!follower.wants_answer(now) || waits_for_rebuild(follower)) continue;
        follower.diverged() ? ask_whereabouts(follower, now) : ask_page(follower, follower.cursor().seq, now);
    }
}

void Host::State::ask_page(Follower& follower, std::int64_t after_seq, UtcTime now)
{
    codec::Writer data;
    data.map(2);
    data.text("after_seq");
    data.integer(after_seq);
    data.text("max_bytes");
    data.integer(static_cast<std::int64_t>(page_bytes));
    ask(follower, {{}, Question::About::page, after_seq}, data.take(), now);
}

void Host::State::ask(Follower& follower, Question question, Bytes data, UtcTime now)
{
    const auto source = Source::parse(follower.source());
    OutgoingRequest request;
    request.id = question.id = make_ordered_uuid(now, ports.random);
    request.type = source->service + (question.about == Question::About::page ? "._log_read" : "._log_place");
    request.partition = source->partition;
    request.deadline = now + page_patience;
    request.data = std::move(data);
    ports.transport.request(encode_request(request));
    ports.transport.flush();  // the answer is to travel while this turn's work is done
    follower.asked(question, now);
}

void Host::State::fetch_keys(UtcTime now)
{
    if (!ports.key_fetcher || draining) return;
    if (const auto request = ports.key_fetcher->next(now, ports.random))
        ports.transport.request(encode_request(*request));
}

}  // namespace gonghui::messaging
