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

Position page_head(const codec::Value& data)
{
    const auto at = data.find("head").value_or(codec::Value{});
    return position_of(at.find("epoch").value_or(codec::Value{}).integer().value_or(1),
                       at.find("seq").value_or(codec::Value{}).integer().value_or(0), at);
}

}  // namespace

Follower* Host::State::follower_of(std::string_view source)
{
    if (const auto found = followers.find(source); found != followers.end()) return &found->second;
    // A partition that was not heard of before, of a service that is followed.
    const auto parsed = Source::parse(source);
    if (!parsed || parsed->district != settings.source.district) return nullptr;
    if (!ports.service.follows().contains(parsed->service)) return nullptr;
    return &followers.emplace(std::string(source), Follower(std::string(source), Position{})).first->second;
}

void Host::State::on_event(const InboundEvent& arrived, UtcTime now)
{
    const auto event = decode_event(parser, arrived.bytes);
    if (!event) {
        ++counters.undecodable;
        return ports.alarm("undecodable_event", arrived.topic + ": " + event.error());
    }
    auto* follower = topic_matches(arrived.topic, event->header.source) ? follower_of(event->header.source) : nullptr;
    if (!follower) {
        ++counters.undecodable;
        return ports.alarm("foreign_event", arrived.topic + " from " + std::string(event->header.source));
    }
    if (event->header.type == "_head") {
        --counters.messages;  // a heartbeat is no work
        return follower->on_beacon(beacon_position(*event));
    }
    take(*follower, arrived.bytes, Via::bus, now);
}

// `bytes` go to the tables if they are the next of their source, and wait or fall away if they are not.
void Host::State::take(Follower& follower, BytesView bytes, Via via, UtcTime now)
{
    const auto event = decode_event(parser, bytes);
    if (!event) {
        // Only a page's record gets here: its place in the log is known, so it is parked there.
        EventHeader header;
        header.epoch = follower.cursor().epoch;
        header.seq = follower.cursor().seq + 1;
        park(follower.source(), header, bytes, {"failed", event.error()}, now);
        return follower.applied(header, bytes);
    }
    switch (follower.judge(event->header)) {
        case Verdict::apply:
            settle(follower.source(), *event, bytes, now);
            follower.applied(event->header, bytes);
            ++(via == Via::bus ? counters.applied_live : counters.applied_from_pages);
            return;
        case Verdict::duplicate:
            ++counters.duplicates;
            return;
        case Verdict::later:
            if (via == Via::bus) follower.keep(event->header.seq, bytes);
            ++counters.gaps;
            return;
        case Verdict::diverged:
            return;
    }
}

// Applied, skipped or parked: in every case the event is dealt with and the cursor goes on.
void Host::State::settle(std::string_view source, const Event& event, BytesView bytes, UtcTime now)
{
    if (parked.blocks(source, event.header.subject))
        return park(source, event.header, bytes, {"behind", "an earlier event of its lane is parked"}, now);
    // The parser is reused by what the handler does with its own events; the header is kept apart.
    const EventHeader header = event.header;
    if (auto failure = try_apply(event, now)) park(source, header, bytes, std::move(*failure), now);
}

std::optional<Host::State::Failure> Host::State::try_apply(const Event& event, UtcTime now)
{
    if (event.is_private()) {
        ++counters.skipped;
        return std::nullopt;
    }
    const Context context{now, Actor{Role::service, {}, {}, settings.source.service}, event.header.id,
                          event.header.traceparent, ports.random};
    batch.begin(event.header.id, event.header.traceparent, now);
    auto known = Known::yes;
    auto failure = guarded([&] {
        known = ports.service.apply(event, event.data, context, &batch);
        return true;
    });
    if (known == Known::no) ++counters.skipped;
    if (known == Known::other_version)
        return Failure{"version", std::string(event.header.dataschema) + " is not known to this program"};
    return failure;
}

void Host::State::park(std::string_view source, const EventHeader& header, BytesView bytes, Failure failure,
                       UtcTime now)
{
    ++counters.parked;
    if (failure.reason != "not_ready" && failure.reason != "behind")
        ports.alarm("event_parked", std::string(source) + " " + std::to_string(header.seq) + ": " + failure.detail);
    parked.add({std::string(source), header.seq, std::string(header.subject), std::move(failure.reason),
                std::move(failure.detail), now, to_bytes(bytes)});
}

// In order, until one fails again. Returns how many were settled.
std::size_t Host::State::retry_lane(std::string_view source, std::string_view lane, UtcTime now)
{
    std::size_t settled = 0;
    for (auto& waiting_event : parked.lane(source, lane)) {
        const auto event = decode_event(parser, waiting_event.bytes);
        auto failure = event ? try_apply(*event, now) : Failure{"failed", event.error()};
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
    if (parked.count() == 0 || now < retry_not_ready_at) return;
    retry_not_ready_at = now + not_ready_patience;
    for (const auto& head : parked.heads("not_ready", not_ready_lanes)) retry_lane(head.source, head.lane, now);
}

void Host::State::on_answer(const InboundReply& arrived, UtcTime now)
{
    const auto answer = decode_reply(page_parser, arrived.bytes);
    if (!answer) return ports.alarm("undecodable_reply", answer.error());
    if (ports.key_fetcher && ports.key_fetcher->on_reply(*answer, now)) {
        retry_not_ready_at = now;  // what waited for the keys need not wait longer
        return;
    }
    for (auto& [source, follower] : followers) {
        const auto asked = follower.page_came(answer->id);
        if (!asked) continue;
        if (answer->outcome == Outcome::accepted) return on_page(follower, asked->after_seq, *answer, now);
        const auto pause = std::max(answer->retry_after, std::chrono::milliseconds(100));
        if (answer->outcome != Outcome::retry) ports.alarm("page_refused", source + ": " + std::string(answer->code));
        return follower.page_refused(now + pause);
    }
}

void Host::State::on_page(Follower& follower, std::int64_t after_seq, const ReceivedReply& page, UtcTime now)
{
    const auto records = page.data.find("records").value_or(codec::Value{});
    const auto head = page_head(page.data);
    const auto last = after_seq + static_cast<std::int64_t>(records.size());
    // The next page travels while this one is applied.
    if (last < head.seq && records.size() > 0) ask_page(follower, last, now);
    for (std::size_t i = 0; i < records.size(); ++i)
        if (const auto bytes = records.element(i).binary()) take(follower, *bytes, Via::page, now);
    follower.on_page_head(head, after_seq);
    if (follower.diverged()) ports.alarm("source_diverged", follower.source());
    while (const auto hint = follower.take_kept()) take(follower, *hint, Via::bus, now);
}

void Host::State::ask_pages(UtcTime now)
{
    if (draining) return;
    for (auto& [source, follower] : followers)
        if (follower.wants_page(now)) ask_page(follower, follower.cursor().seq, now);
}

void Host::State::ask_page(Follower& follower, std::int64_t after_seq, UtcTime now)
{
    const auto source = Source::parse(follower.source());
    codec::Writer data;
    data.map(2);
    data.text("after_seq");
    data.integer(after_seq);
    data.text("max_bytes");
    data.integer(static_cast<std::int64_t>(page_bytes));

    OutgoingRequest request;
    request.id = make_request_uuid(now, ports.random);
    request.type = source->service + "._log_read";
    request.partition = source->partition;
    request.deadline = now + page_patience;
    request.data = data.take();
    ports.transport.request(encode_request(request));
    follower.page_asked({request.id, after_seq}, now);
}

void Host::State::fetch_keys(UtcTime now)
{
    if (!ports.key_fetcher || draining) return;
    if (const auto request = ports.key_fetcher->next(now, ports.random))
        ports.transport.request(encode_request(*request));
}

}  // namespace gonghui::messaging
