#include "tests/simulation/network.hpp"

#include <algorithm>
#include <utility>

namespace gonghui::simulation {

using messaging::Inbound;
using namespace std::chrono_literals;

namespace {

constexpr Duration hub_tick = 100ms;
constexpr Duration follows_again = 1s;

}  // namespace

struct Network::Peer {
    std::string key;
    Process* process = nullptr;
    std::unique_ptr<messaging::Transport> connection;  // null while the hub is down
    std::deque<Inbound> arrived;
    std::set<std::string> follows;
    UtcTime follows_again_at{};
    UtcTime out_until{}, in_until{};                             // the last one each way: a connection keeps its order
    std::map<std::string, std::int64_t, std::less<>> last_seen;  // seq by topic prefix of its service
};

class Network::Link final : public messaging::Transport {
public:
    Link(Network& network, std::shared_ptr<Peer> peer) : network_(network), peer_(std::move(peer)) {}
    ~Link() override
    {
        peer_->process = nullptr;
        std::erase(network_.peers_, peer_);
    }
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    std::size_t receive(std::vector<Inbound>& out, std::size_t limit) override
    {
        std::size_t taken = 0;
        for (; taken < limit && !peer_->arrived.empty(); ++taken) {
            out.push_back(std::move(peer_->arrived.front()));
            peer_->arrived.pop_front();
        }
        return taken;
    }
    void follow(std::string_view prefix) override
    {
        peer_->follows.emplace(prefix);
        send(Follow{std::string(prefix)});
    }
    void publish(std::string_view topic, BytesView event) override
    {
        if (!lives(Operation::send)) return;
        if (!topic.ends_with("._head")) {
            network_.on_published(topic, event);
            if (peer_->process) ++peer_->process->events_sent;
        }
        network_.send(peer_, Publication{std::string(topic), to_bytes(event)});
    }
    void reply(messaging::ReplyToken token, BytesView reply) override { send(Answer{token, to_bytes(reply)}); }
    void request(BytesView request) override { send(Asked{to_bytes(request)}); }
    void hold(const messaging::Holding& holding) override { send(holding); }
    void release(const messaging::Source& source) override { send(source); }

private:
    bool lives(Operation operation)
    {
        if (!peer_->process) return true;
        if (!peer_->process->is_alive()) return false;
        peer_->process->meet(operation);
        return peer_->process->is_alive();
    }
    void send(Parcel parcel)
    {
        if (lives(Operation::send)) network_.send(peer_, std::move(parcel));
    }

    Network& network_;
    std::shared_ptr<Peer> peer_;
};

Network::Network(std::string district, std::vector<hub::Grant> grants, ManualClock& clock, Dice& dice, Trace& trace,
                 Sometimes& sometimes)
    : district_(std::move(district)),
      grants_(std::move(grants)),
      clock_(clock),
      dice_(dice),
      trace_(trace),
      sometimes_(sometimes)
{
    open_hub();
}

Network::~Network() = default;

void Network::open_hub()
{
    const auto seed = dice_.between(1, 1U << 30U);
    bus_ = std::make_unique<testing_support::InMemoryBus>(district_, grants_, clock_, hub::RouterSettings{}, seed);
    for (auto& peer : peers_) {
        peer->connection = bus_->connect(peer->key);
        peer->follows_again_at = {};
    }
}

std::unique_ptr<messaging::Transport> Network::connect(const std::string& key, Process* process)
{
    auto peer = std::make_shared<Peer>();
    peer->key = key;
    peer->process = process;
    if (bus_) peer->connection = bus_->connect(key);
    peers_.push_back(peer);
    return std::make_unique<Link>(*this, peer);
}

bool Network::has_arrived(const std::string& key) const
{
    return std::any_of(peers_.begin(), peers_.end(),
                       [&](const auto& peer) { return peer->key == key && !peer->arrived.empty(); });
}

void Network::cut_off(const std::string& key, UtcTime until)
{
    cut_off_until_[key] = until;
    sometimes_.saw(Rare::peer_cut_off);
}

bool Network::is_cut_off(const Peer& peer) const
{
    const auto found = cut_off_until_.find(peer.key);
    return found != cut_off_until_.end() && clock_.now() < found->second;
}

void Network::restart_hub(UtcTime back_at)
{
    if (bus_ && bus_->router().in_flight() > 0) sometimes_.saw(Rare::hub_restart_under_way);
    trace_.note("hub restarts", "network");
    under_way_.clear();
    for (auto& peer : peers_) peer->connection.reset();
    bus_.reset();
    hub_back_at_ = back_at;
}

void Network::heal()
{
    weather_ = {};
    cut_off_until_.clear();
    if (!bus_) hub_back_at_ = std::min(hub_back_at_, clock_.now());
}

void Network::send(const std::shared_ptr<Peer>& peer, Parcel parcel)
{
    if (is_cut_off(*peer) || dice_.chance(weather_.lost)) return;
    const auto now = clock_.now();
    auto& last = std::holds_alternative<Inbound>(parcel) ? peer->in_until : peer->out_until;
    const auto put = [&](Parcel one) {
        auto due = std::max<UtcTime>(last, now + Duration(100 + static_cast<std::int64_t>(dice_.below(300))));
        if (dice_.chance(weather_.late))
            due += Duration(static_cast<std::int64_t>(dice_.below(500'000)));
        else
            last = due;
        under_way_.emplace(due, UnderWay{peer, std::move(one)});
    };
    if (dice_.chance(weather_.doubled)) put(parcel);
    put(std::move(parcel));
}

bool Network::step()
{
    const auto now = clock_.now();
    if (!bus_ && now >= hub_back_at_) open_hub();
    if (now >= next_look_) look_after_peers();
    bool moved = false;
    while (!under_way_.empty() && under_way_.begin()->first <= now) {
        auto one = std::move(under_way_.extract(under_way_.begin()).mapped());
        if (is_cut_off(*one.peer)) continue;
        deliver(*one.peer, one.parcel);
        moved = true;
    }
    if (moved) collect();
    return moved;
}

void Network::look_after_peers()
{
    const auto now = clock_.now();
    next_look_ = now + hub_tick;
    if (!bus_) return;
    for (auto& peer : peers_) {
        if (now < peer->follows_again_at || (peer->process && !peer->process->is_alive())) continue;
        peer->follows_again_at = now + follows_again;
        for (const auto& prefix : peer->follows) send(peer, Follow{prefix});
    }
    bus_->tick();
    collect();
}

UtcTime Network::next() const
{
    auto at = bus_ ? next_look_ : hub_back_at_;
    if (!under_way_.empty()) at = std::min(at, under_way_.begin()->first);
    return at;
}

// What the bus has for its peers goes onto their links.
void Network::collect()
{
    std::vector<Inbound> out;
    for (auto& peer : peers_) {
        out.clear();
        if (!peer->connection || peer->connection->receive(out, 10'000) == 0) continue;
        for (auto& message : out) send(peer, std::move(message));
    }
}

void Network::deliver(Peer& peer, Parcel& parcel)
{
    if (auto* inbound = std::get_if<Inbound>(&parcel)) {
        if (const auto* event = std::get_if<messaging::InboundEvent>(inbound)) watch_tail(peer, *event);
        std::visit([&](const auto& message) { trace_.note("gets", peer.key, fold(message.bytes)); }, *inbound);
        peer.arrived.push_back(std::move(*inbound));
        return;
    }
    if (!peer.connection) return;
    auto& hub = *peer.connection;
    if (const auto* publication = std::get_if<Publication>(&parcel))
        hub.publish(publication->topic, publication->event);
    if (const auto* answer = std::get_if<Answer>(&parcel)) hub.reply(answer->token, answer->reply);
    if (const auto* asked = std::get_if<Asked>(&parcel)) hub.request(asked->request);
    if (const auto* follow = std::get_if<Follow>(&parcel)) hub.follow(follow->prefix);
    if (const auto* holding = std::get_if<messaging::Holding>(&parcel)) hub.hold(*holding);
    if (const auto* source = std::get_if<messaging::Source>(&parcel)) hub.release(*source);
}

// A beacon beyond what this connection has seen, where it had seen everything up to some point: the last events got
// lost.
void Network::watch_tail(Peer& peer, const messaging::InboundEvent& event)
{
    static thread_local codec::Parser parser;
    const auto decoded = messaging::decode_event(parser, event.bytes);
    if (!decoded) return;
    const auto service = event.topic.substr(0, event.topic.rfind('.'));
    auto& seen = peer.last_seen[service];
    if (event.topic.ends_with("._head") && seen > 0 && decoded->header.seq > seen) sometimes_.saw(Rare::lost_tail);
    seen = std::max(seen, decoded->header.seq);
}

}  // namespace gonghui::simulation
