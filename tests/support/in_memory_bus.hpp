#pragma once
// The bus without sockets: many partitions and clients on one thread, under the hub's own rules (services/hub/domain).
// Deterministic: what is lost, doubled or delayed follows from a seed. A fake, not a mock: it keeps every promise of
// messaging::Transport and passes the suite that the ZeroMQ transport passes.

#include "common/ids/seeded_random.hpp"
#include "common/messaging/transport.hpp"
#include "common/time/clock.hpp"
#include "services/hub/domain/followers.hpp"
#include "services/hub/domain/rights.hpp"
#include "services/hub/domain/router.hpp"
#include "services/hub/domain/status.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::testing_support {

// Of a thousand published events, for each follower.
struct Unreliability {
    unsigned lost = 0;
    unsigned doubled = 0;
    unsigned delayed = 0;  // held back until `deliver_delayed`, or behind later events
};

class InMemoryBus {
public:
    // `clock` outlives it; a hub of another seed gives other tokens and tickets. Throws hub::WrongGrant.
    InMemoryBus(std::string district, std::vector<hub::Grant> grants, Clock& clock,
                const hub::RouterSettings& settings = {}, std::uint64_t seed = 1);

    // A connection of the peer with this public key; it must not outlive the bus. A closed one is as a process that
    // died: nobody is told until somebody tries to reach it.
    std::unique_ptr<messaging::Transport> connect(std::string_view public_key);

    void be_unreliable(const Unreliability& unreliability, std::uint64_t seed);
    // Late events arrive now, in the order of their sending.
    void deliver_delayed();

    // What the hub does as time passes: lapsed holders, deadlines. Call it after the clock was moved.
    void tick();
    void replace_grants(std::vector<hub::Grant> grants);

    [[nodiscard]] const hub::Rights& rights() const { return rights_; }
    [[nodiscard]] const hub::Router& router() const { return router_; }
    [[nodiscard]] const hub::EventCounters& events() const { return events_; }

private:
    class Connection;
    using Inbox = std::deque<messaging::Inbound>;

    void publish(hub::Peer& peer, std::string_view topic, BytesView event);
    void hand_to(hub::Follower& follower, std::string_view topic, BytesView event);
    void request(const std::string& route, hub::Peer& peer, BytesView request);
    void reply(hub::Peer& peer, messaging::ReplyToken token, BytesView reply);
    void send(const std::vector<hub::Answer>& answers);
    bool chance(unsigned per_thousand);

    Clock& clock_;
    SeededRandom random_;
    hub::Rights rights_;
    hub::Router router_;
    hub::Followers followers_;
    hub::EventCounters events_;
    UtcTime started_;
    std::map<std::string, Inbox> inboxes_;  // by route; only of open connections
    struct Delayed {
        std::string route;
        messaging::InboundEvent event;
    };
    std::deque<Delayed> delayed_;
    Unreliability unreliability_;
    std::mt19937_64 dice_;
    std::uint64_t connections_ = 0;
};

}  // namespace gonghui::testing_support
