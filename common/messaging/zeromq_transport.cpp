#include "common/messaging/zeromq_transport.hpp"

#include <algorithm>
#include <array>

namespace gonghui::messaging {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Full frames, as each wakes up to ten threads on its way; bounded ones, as a high-water mark counts frames.
constexpr std::size_t frame_bytes = 32 * 1024;

// Follows are said again for ever, so that a hub that was restarted learns them; sooner while it has not answered.
constexpr milliseconds look_every{1000};
constexpr milliseconds look_soon{50};
// Of a connection that has just been made: what waits for it may be a holder's first word.
constexpr milliseconds look_at_once{2};
constexpr milliseconds is_new{1000};

zeromq::HighWater high_water(int frames)
{
    return {frames, frames};
}

}  // namespace

ZeroMqTransport::ZeroMqTransport(zeromq::Context& context, HubAddress hub, KeyPair own,
                                 const TransportSettings& settings)
    : hub_(std::move(hub)),
      own_(std::move(own)),
      requests_(context, zeromq::Pattern::dealer, high_water(settings.request_high_water), frame_bytes),
      events_in_(context, zeromq::Pattern::dealer, high_water(settings.event_high_water), frame_bytes),
      events_out_(context, zeromq::Pattern::publish, high_water(settings.event_high_water), frame_bytes)
{
    requests_.socket().connect(hub_.request, own_, hub_.public_key);
}

std::size_t ZeroMqTransport::receive(std::vector<Inbound>& out, std::size_t limit)
{
    flush();
    const auto before = out.size();
    bool more_requests = true;
    bool more_events = !follows_.empty();
    // In turns, so that a flood of events does not keep requests waiting, nor the other way round.
    while ((more_requests || more_events) && out.size() - before < limit) {
        more_requests = more_requests && take_from_requests(out);
        if (out.size() - before < limit) more_events = more_events && take_from_events(out);
    }
    return out.size() - before;
}

bool ZeroMqTransport::take_from_requests(std::vector<Inbound>& out)
{
    const auto message = requests_.next();
    if (!message) return false;
    if (message->word == Word::request && message->token)
        out.emplace_back(InboundRequest{*message->token, std::string(message->text), to_bytes(message->bytes)});
    else if (message->word == Word::reply)
        out.emplace_back(InboundReply{to_bytes(message->bytes), to_bytes(message->ticket)});
    else if (message->word == Word::refused)
        refusals_.push_back({std::string(message->text), std::string(message->detail)});
    else if (message->word == Word::released)
        is_released_ = true;
    return true;
}

bool ZeroMqTransport::take_from_events(std::vector<Inbound>& out)
{
    const auto message = events_in_.next();
    if (!message) return false;
    if (message->word == Word::event)
        out.emplace_back(InboundEvent{std::string(message->text), to_bytes(message->bytes)});
    else if (message->word == Word::following)
        confirmed_.emplace(message->text);
    else if (message->word == Word::refused)
        refusals_.push_back({std::string(message->text), std::string(message->detail)});
    return true;
}

void ZeroMqTransport::follow(std::string_view topic_prefix)
{
    if (follows_.empty()) events_in_.socket().connect(hub_.subscribe, own_, hub_.public_key);
    follows_.emplace(topic_prefix);
    next_look_ = {};
}

void ZeroMqTransport::publish(std::string_view topic, BytesView event)
{
    events_out_.under(prefix_of(topic));
    append_event(events_out_.out(), topic, event);
    events_out_.appended();
}

void ZeroMqTransport::reply(ReplyToken token, BytesView reply)
{
    append_routed_reply(requests_.out(), token, reply);
    requests_.appended();
}

void ZeroMqTransport::request(BytesView request)
{
    this->request(request, {});
}

void ZeroMqTransport::request(BytesView request, BytesView ticket)
{
    append_request(requests_.out(), request, ticket);
    requests_.appended();
}

void ZeroMqTransport::hold(const Holding& holding)
{
    if (!publishing_) events_out_.socket().connect(hub_.publish, own_, hub_.public_key);
    publishing_ = true;
    append_hold(requests_.out(), holding);
    requests_.appended();
}

void ZeroMqTransport::release(const Source& source)
{
    append_release(requests_.out(), source);
    requests_.appended();
}

// Says the follows again, and asks every connection how it stands: that is what tries a refused one again.
void ZeroMqTransport::look_after_connections()
{
    const auto now = steady_clock::now();
    if (now < next_look_) return;
    static_cast<void>(requests_.socket().link(now));
    if (publishing_) static_cast<void>(events_out_.socket().link(now));
    if (!follows_.empty()) static_cast<void>(events_in_.socket().link(now));
    for (const auto& prefix : follows_) {
        append_follow(events_in_.out(), prefix);
        events_in_.appended();
    }
    next_look_ = now + (events_in_.flush() && is_following() ? look_every : look_soon);
}

void ZeroMqTransport::flush()
{
    look_after_connections();
    requests_.flush();
    if (publishing_) events_out_.flush();
}

void ZeroMqTransport::wait(milliseconds timeout)
{
    flush();
    if (requests_.has_rest() || events_in_.has_rest()) return;
    timeout = std::min(timeout, is_following() ? look_every : look_soon);
    if (requests_.has_unsent() && steady_clock::now() - made_ < is_new) timeout = std::min(timeout, look_at_once);
    const std::array sockets{&requests_.socket(), &events_in_.socket()};
    zeromq::wait_for_any(sockets, wake_, timeout);
}

zeromq::Link ZeroMqTransport::link()
{
    return requests_.socket().link(steady_clock::now());
}

std::vector<HubRefusal> ZeroMqTransport::take_refusals()
{
    return std::exchange(refusals_, {});
}

std::int64_t ZeroMqTransport::lost() const
{
    return requests_.lost() + events_in_.lost() + events_out_.lost();
}

std::int64_t ZeroMqTransport::malformed() const
{
    return requests_.malformed() + events_in_.malformed();
}

}  // namespace gonghui::messaging
