#pragma once
// The bus over ZeroMQ: one connection to publish, one to follow, one for requests, replies and holdings. PROTOCOL.md is
// what it speaks.
//
// `publish`, `reply`, `request` and `hold` gather messages into frames; the frames leave when they are full and, at the
// latest, at the next `receive` or `wait`. While the hub cannot be reached, a bounded amount waits and the rest is
// lost: callers ask again, holders say again what they hold, followers read the log.

#include "common/messaging/channel.hpp"
#include "common/messaging/hub_address.hpp"
#include "common/messaging/transport.hpp"
#include "common/zeromq/context.hpp"
#include "common/zeromq/wake.hpp"

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace gonghui::messaging {

struct TransportSettings {
    // Frames that may wait per connection. A follower that is busy for seconds must not lose a burst of events.
    int event_high_water = 50'000;
    int request_high_water = 20'000;
};

// What the hub would not let this peer do: a code ("not_permitted", "superseded") and what it was about.
struct HubRefusal {
    std::string code;
    std::string what;
};

// Everything but `wake` belongs to one thread.
class ZeroMqTransport final : public Transport {
public:
    // Connects in the background; `context` outlives it. Throws zeromq::KeyError when the hub's key is none.
    ZeroMqTransport(zeromq::Context& context, HubAddress hub, KeyPair own, const TransportSettings& settings = {});

    std::size_t receive(std::vector<Inbound>& out, std::size_t limit) override;
    void follow(std::string_view topic_prefix) override;
    void publish(std::string_view topic, BytesView event) override;
    void reply(ReplyToken token, BytesView reply) override;
    void request(BytesView request) override;
    // With what keeps its place in line, when it was turned away before.
    void request(BytesView request, BytesView ticket);
    void hold(const Holding& holding) override;
    void release(const Source& source) override;
    void flush() override;

    // Sends what has gathered, then waits until something may be received, `wake` was called or the time is over.
    void wait(std::chrono::milliseconds timeout);
    // Thread-safe.
    void wake() noexcept { wake_.signal(); }

    // Of the connection for requests, for who waits for many things at once: see zeromq::Socket::descriptor.
    [[nodiscard]] int requests_descriptor() { return requests_.socket().descriptor(); }

    // The connection for requests: whether it stands, or the hub does not know this key.
    [[nodiscard]] zeromq::Link link();
    // Whether a request would be taken now: false while the hub takes nothing and the bound is reached.
    [[nodiscard]] bool has_room() { return requests_.has_room(); }
    // Every prefix is one that the hub has said it sends.
    [[nodiscard]] bool is_following() const { return confirmed_.size() == follows_.size(); }
    // The hub has confirmed a release: no request comes any more.
    [[nodiscard]] bool is_released() const { return is_released_; }
    // What the hub refused since the last call.
    std::vector<HubRefusal> take_refusals();
    // Messages that did not leave because the hub could not be reached, and frames that made no sense.
    [[nodiscard]] std::int64_t lost() const;
    [[nodiscard]] std::int64_t malformed() const;

private:
    using Prefixes = std::set<std::string, std::less<>>;

    void look_after_connections();
    bool take_from_requests(std::vector<Inbound>& out);
    bool take_from_events(std::vector<Inbound>& out);

    HubAddress hub_;
    KeyPair own_;
    Channel requests_;
    Channel events_in_;
    Channel events_out_;
    zeromq::Wake wake_;
    bool publishing_ = false;  // the connection to publish is made for holders only
    Prefixes follows_;
    Prefixes confirmed_;
    bool is_released_ = false;
    std::chrono::steady_clock::time_point made_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point next_look_{};
    std::vector<HubRefusal> refusals_;
};

}  // namespace gonghui::messaging
