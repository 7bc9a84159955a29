#include "services/hub/app/hub.hpp"

#include "common/messaging/frames.hpp"
#include "common/process/log.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <set>
#include <stdexcept>

namespace gonghui::hub {

namespace {

using messaging::FrameReader;
using messaging::WireMessage;
using messaging::Word;
using std::chrono::milliseconds;

// Frames taken from one socket before the next one has its turn.
constexpr int frames_at_once = 1'000;
constexpr milliseconds tick_every{100};
// No peer of ours sends a frame that is none, or a message of another number of parts, which may be a million.
constexpr std::int64_t noise_units = 500;
constexpr std::int64_t misshapen_units = 1'000;
// Whoever is refused may come back a thousand times a second; the log grows by a line.
constexpr std::chrono::seconds tell_door_every{10};

zeromq::AdmittedKeys keys_of(const Rights& rights)
{
    // The key is the user id: rights may change while connections stand, keys do not.
    zeromq::AdmittedKeys keys;
    for (const auto& [key, peer] : rights.peers())
        if (peer.is_granted()) keys.emplace(key, key);
    return keys;
}

std::string_view code_of(Claimed claimed)
{
    switch (claimed) {
        case Claimed::obeyed:
            break;
        case Claimed::superseded:
            return "superseded";
        case Claimed::refused:
            return "not_permitted";
        case Claimed::unspoken:
            return "wire_not_spoken";
    }
    throw std::logic_error("an obeyed holder is refused nothing");
}

// A topic may be as long as a message. Half a character at the end is the log's to mend.
constexpr std::size_t logged_bytes = 100;

// A refused peer may repeat itself a million times; the log grows with the logarithm.
void log_refusal(std::int64_t count, const Peer& peer, std::string_view right, std::string_view what)
{
    if (!std::has_single_bit(static_cast<std::uint64_t>(count))) return;
    process::log::warning("refused", {{"peer", peer.service()},
                                      {"instance", peer.grant().instance},
                                      {"right", right},
                                      {"what", what.substr(0, logged_bytes)},
                                      {"times", count}});
}

}  // namespace

Hub::Hub(const HubSettings& settings, const zeromq::KeyPair& own, std::vector<Grant> grants, Clock& clock,
         Random& random)
    : clock_(clock),
      context_(settings.io_threads),
      rights_(settings.district, std::move(grants)),
      gatekeeper_(context_, keys_of(rights_)),
      version_(settings.version),
      router_(settings.limits, rights_, random),
      followers_(rights_),
      publishers_(context_, zeromq::Pattern::subscribe, {1, settings.event_high_water}),
      followers_socket_(context_, zeromq::Pattern::router, {settings.event_high_water, 1'000}),
      requests_(context_, zeromq::Pattern::router, {settings.request_high_water, settings.request_high_water}),
      replies_(requests_),
      confirmations_(followers_socket_),
      started_(clock.now()),
      next_tick_(started_)
{
    publishers_.subscribe("");
    endpoints_.publish = publishers_.bind(settings.publish, own, gatekeeper_);
    endpoints_.subscribe = followers_socket_.bind(settings.subscribe, own, gatekeeper_);
    endpoints_.request = requests_.bind(settings.request, own, gatekeeper_);
}

void Hub::run(const std::stop_token& stop, const std::function<void()>& each_turn)
{
    const std::stop_callback rouse(stop, [this] { wake_.signal(); });
    const std::array sockets{&publishers_, &followers_socket_, &requests_};
    while (!stop.stop_requested()) {
        zeromq::wait_for_any(sockets, wake_, tick_every);
        turn();
        each_turn();
    }
}

void Hub::turn()
{
    for (auto* socket : {&publishers_, &followers_socket_, &requests_}) connections_.on_door_events(*socket);
    adopt_new_grants();
    take_events();
    take_follows();
    take_requests();
    flush();
    const auto now = clock_.now();
    if (now >= next_tick_) tick(now);
}

Peer& Hub::speaker_of(const zeromq::Message& frame)
{
    auto& peer = rights_.of(frame.user_id());
    connections_.on_heard(frame, peer);
    return peer;
}

// The frames that have come over one socket, of those who are not kept out; bounded, so that the next one has its turn.
template <class Take>
void Hub::take_from(zeromq::Socket& socket, Take take)
{
    zeromq::Message first;
    zeromq::Message frame;
    const auto now = clock_.now();
    for (int taken = 0; taken < frames_at_once; ++taken) {
        const auto received = socket.receive(first, frame);
        if (received == zeromq::Received::nothing) return;
        auto& peer = speaker_of(frame);
        if (peer.is_kept_out) continue;
        if (received == zeromq::Received::message)
            take(as_text(first.view()), peer, frame, now);
        else
            on_noise(peer, misshapen_units, now);
        if (peer.allowance.is_worn_out(now)) keep_out(peer, now);
    }
}

void Hub::on_noise(Peer& peer, std::int64_t units, UtcTime now)
{
    ++peer.counters.malformed;
    peer.allowance.bear(units, now);
}

// What it sends on although it is told to wait costs more than it is worth.
void Hub::keep_out(Peer& peer, UtcTime now)
{
    peer.is_kept_out = true;
    peer.allowance.keep_out(now);
    kept_out_.emplace(peer.grant().public_key, &peer);
    put_off();
    connections_.end_those_of(peer);
    log_refusal(++peer.counters.kept_out, peer, "rate", std::to_string(peer.grant().rate));
}

void Hub::let_back_in(UtcTime now)
{
    const auto left = std::erase_if(kept_out_, [&](const auto& one) {
        one.second->is_kept_out = one.second->allowance.is_out(now);
        return !one.second->is_kept_out;
    });
    if (left > 0) put_off();
}

void Hub::put_off()
{
    std::set<std::string, std::less<>> keys;
    for (const auto& [key, peer] : kept_out_) keys.insert(key);
    gatekeeper_.put_off(std::move(keys));
}

void Hub::take_events()
{
    take_from(publishers_, [this](std::string_view, Peer& peer, const zeromq::Message& frame, UtcTime now) {
        pass_on(peer, frame, now);
    });
}

void Hub::pass_on(Peer& peer, const zeromq::Message& frame, UtcTime now)
{
    if (!peer.allowance.may_bring(now)) {
        // Nobody tells a publisher to wait, so what comes meanwhile costs it its bytes alone: a service that catches up
        // says much, and is not to be kept out for it. Whoever follows it reads its log.
        peer.allowance.bear(units_of(frame.view().size()), now);
        ++peer.counters.beyond_rate;
        return;
    }
    passed_.clear();
    bool all = true;
    FrameReader reader(frame.view());
    while (const auto message = reader.next()) {
        peer.allowance.take(units_of(message->whole.size()), now);
        if (peer.allowance.is_worn_out(now)) return;
        const bool may_pass =
            message->word == Word::event && rights_.may_publish(peer, message->text, source_of(message->bytes));
        if (may_pass) {
            passed_.push_back(*message);
        } else {
            all = false;
            ++events_.refused;
            log_refusal(++peer.counters.refused_publish, peer, "publish", message->text);
        }
    }
    if (reader.malformed()) {
        all = false;
        ++events_.malformed;
        on_noise(peer, noise_units + 4 * units_of(frame.view().size()), now);
    }
    events_.events += static_cast<std::int64_t>(passed_.size());
    peer.counters.events += static_cast<std::int64_t>(passed_.size());
    if (passed_.empty()) return;
    for (auto& follower : followers_.all()) hand_to(follower, frame, all);
}

void Hub::hand_to(Follower& follower, const zeromq::Message& frame, bool whole_frame_passed)
{
    const auto wanted = std::count_if(passed_.begin(), passed_.end(),
                                      [&](const auto& message) { return follower.wants(message.text); });
    if (wanted == 0) return;
    // The frame as it came is the common case, and costs no copy.
    const bool as_it_came = whole_frame_passed && wanted == static_cast<std::ptrdiff_t>(passed_.size());
    if (!as_it_came) {
        selection_.clear();
        for (const auto& message : passed_)
            if (follower.wants(message.text)) selection_.raw(message.whole);
    }
    auto copy = as_it_came ? frame.share() : zeromq::Message(selection_.view());
    const bool handed = followers_socket_.send_to(follower.route, std::move(copy)) == zeromq::Sent::sent;
    (handed ? follower.forwarded : follower.dropped) += wanted;
    (handed ? events_.forwarded : events_.dropped) += wanted;
}

void Hub::take_follows()
{
    take_from(followers_socket_, [this](std::string_view from, Peer& peer, const zeromq::Message& frame, UtcTime now) {
        FrameReader reader(frame.view());
        while (const auto message = reader.next()) {
            peer.allowance.take(units_of(message->whole.size()), now);
            if (peer.allowance.is_worn_out(now)) return;
            if (message->word != Word::follow) continue;
            if (followers_.on_follow(from, peer, message->text, now)) {
                messaging::append_following(confirmations_.to(from), message->text);
            } else {
                messaging::append_refused(confirmations_.to(from), "not_permitted", message->text);
                log_refusal(peer.counters.refused_follow, peer, "follow", message->text);
            }
        }
        if (reader.malformed()) on_noise(peer, noise_units + 4 * units_of(frame.view().size()), now);
    });
}

void Hub::take_requests()
{
    take_from(requests_, [this](std::string_view from, Peer& peer, const zeromq::Message& frame, UtcTime now) {
        FrameReader reader(frame.view());
        while (const auto message = reader.next()) {
            on_message(from, peer, *message, now);
            if (peer.allowance.is_worn_out(now)) return;
        }
        if (!reader.malformed()) return;
        on_noise(peer, noise_units + 4 * units_of(frame.view().size()), now);
        const auto reply = messaging::encode_reply(Uuid{}, messaging::Reply::invalid("undecodable"),
                                                   {rights_.district() + "/hub/0", 1, 0});
        messaging::append_reply(replies_.to(from), reply);
    });
}

void Hub::on_message(std::string_view route, Peer& peer, const WireMessage& message, UtcTime now)
{
    switch (message.word) {
        case Word::request:
            on_request(route, peer, message, now);
            break;
        case Word::reply:
            if (const auto caller = router_.on_reply(peer, message.token.value_or(0), message.bytes.size(), now))
                messaging::append_reply(replies_.to(*caller), message.bytes);
            break;
        case Word::hold:
            peer.allowance.take(units_of(message.whole.size()), now);
            on_hold(route, peer, message.holding, now);
            break;
        case Word::release:
            peer.allowance.take(units_of(message.whole.size()), now);
            on_release(route, peer, message.text, now);
            break;
        case Word::event:
        case Word::follow:
        case Word::following:
        case Word::refused:
        case Word::released:
        case Word::unknown:
            peer.allowance.take(units_of(message.whole.size()), now);
            break;  // not of this connection, or of a later version
    }
}

void Hub::on_request(std::string_view route, Peer& peer, const WireMessage& message, UtcTime now)
{
    const auto request = message.bytes;
    const auto refused_before = peer.counters.refused_call + peer.counters.refused_actor;
    const auto routed = router_.on_request(route, peer, request, now, message.ticket);
    if (const auto* forward = std::get_if<Forward>(&routed)) {
        messaging::append_routed_request(replies_.to(forward->to, forward->token), forward->token, peer.service(),
                                         request);
    } else if (const auto* answer = std::get_if<Answer>(&routed)) {
        messaging::append_reply(replies_.to(answer->to), answer->reply, answer->ticket);
        const auto refused = peer.counters.refused_call + peer.counters.refused_actor;
        if (refused > refused_before) {
            const auto head = read_head(request);
            log_refusal(refused, peer, "call", head ? head->type : std::string_view{});
        }
    } else {
        const auto reply = status_reply(std::get<StatusAsked>(routed).request_id,
                                        {started_, now, rights_, router_, followers_, events_, door(), version_});
        messaging::append_reply(replies_.to(route), reply);
    }
}

void Hub::on_hold(std::string_view route, Peer& peer, BytesView map, UtcTime now)
{
    const auto holding = messaging::decode_holding(map);
    if (!holding) {
        ++peer.counters.malformed;
        return;
    }
    const auto outcome = router_.on_hold(route, peer, *holding, now);
    send(outcome.answers);
    if (outcome.claimed == Claimed::obeyed) return;
    const auto source = messaging::to_string(holding->source);
    messaging::append_refused(replies_.to(route), code_of(outcome.claimed), source);
    if (outcome.claimed != Claimed::superseded)
        log_refusal(peer.counters.refused_hold, peer, "hold", source + " wire " + std::to_string(holding->wire));
}

void Hub::on_release(std::string_view route, Peer& peer, std::string_view source, UtcTime now)
{
    const auto parsed = messaging::Source::parse(source);
    if (!parsed) return;
    router_.on_release(peer, *parsed, now);
    messaging::append_released(replies_.to(route), source);  // behind every request that goes there
}

void Hub::send(const std::vector<Answer>& answers)
{
    for (const auto& answer : answers) messaging::append_reply(replies_.to(answer.to), answer.reply, answer.ticket);
}

void Hub::flush()
{
    for (const auto& undelivered : confirmations_.flush())
        if (undelivered.why == zeromq::Sent::unreachable) followers_.on_gone(undelivered.route);
    // What cannot be handed to a holder is answered to its callers, which makes frames to send in turn; those carry no
    // requests, so that this ends.
    for (auto rest = replies_.flush(); !rest.empty(); rest = replies_.flush())
        for (const auto& undelivered : rest) {
            if (undelivered.why == zeromq::Sent::unreachable) {
                send(router_.on_gone(undelivered.route));
            } else {
                for (const auto token : undelivered.tokens)
                    if (const auto answer = router_.on_full(token, clock_.now())) send({*answer});
            }
        }
}

void Hub::tick(UtcTime now)
{
    next_tick_ = now + tick_every;
    let_back_in(now);
    send(router_.on_tick(now));
    followers_.on_tick(now);
    flush();
    tell_of_the_door(now);

    std::size_t held = 0;
    for (const auto& [name, partitions] : router_.partitions())
        held += static_cast<std::size_t>(
            std::count_if(partitions.begin(), partitions.end(), [](const auto& one) { return one.is_held(); }));
    std::int64_t follows_refused = 0;
    std::int64_t holds_refused = 0;
    std::int64_t beyond_rate = 0;
    std::int64_t kept_out = 0;
    for (const auto& [key, peer] : rights_.peers()) {
        follows_refused += peer.counters.refused_follow;
        holds_refused += peer.counters.refused_hold;
        beyond_rate += peer.counters.beyond_rate;
        kept_out += peer.counters.kept_out;
    }
    const std::lock_guard lock(mutex_);
    figures_ = {router_.counters(),
                events_,
                router_.in_flight(),
                followers_.all().size(),
                held,
                follows_refused,
                holds_refused,
                beyond_rate,
                kept_out,
                door()};
}

DoorCounters Hub::door() const
{
    auto counters = connections_.counters();
    counters.keys_refused = gatekeeper_.refused();
    return counters;
}

void Hub::tell_of_the_door(UtcTime now)
{
    if (now < tell_door_again_) return;
    const auto counters = door();
    if (counters.keys_refused == door_told_.keys_refused && counters.strangers == door_told_.strangers) return;
    process::log::warning("refused_at_the_door", {{"unknown_keys", counters.keys_refused - door_told_.keys_refused},
                                                  {"last_unknown_key", gatekeeper_.last_refused()},
                                                  {"no_handshake", counters.strangers - door_told_.strangers}});
    door_told_ = counters;
    tell_door_again_ = now + tell_door_every;
}

void Hub::replace_grants(std::vector<Grant> grants)
{
    static_cast<void>(Rights(rights_.district(), grants));  // throws here, where somebody can be told
    {
        const std::lock_guard lock(mutex_);
        new_grants_ = std::move(grants);
    }
    wake_.signal();
}

void Hub::adopt_new_grants()
{
    std::optional<std::vector<Grant>> grants;
    {
        const std::lock_guard lock(mutex_);
        grants.swap(new_grants_);
    }
    if (!grants) return;
    rights_.replace(*std::move(grants));
    gatekeeper_.admit_only(keys_of(rights_));
    followers_.on_rights_changed();
    send(router_.on_rights_changed());
    connections_.on_rights_changed();
    process::log::info("rights_replaced", {{"peers", rights_.peers().size()}});
}

HubFigures Hub::figures() const
{
    const std::lock_guard lock(mutex_);
    return figures_;
}

}  // namespace gonghui::hub
