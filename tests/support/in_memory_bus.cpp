#include "tests/support/in_memory_bus.hpp"

#include <utility>

namespace gonghui::testing_support {

using messaging::Inbound;
using messaging::InboundEvent;
using messaging::InboundReply;
using messaging::InboundRequest;

class InMemoryBus::Connection final : public messaging::Transport {
public:
    Connection(InMemoryBus& bus, hub::Peer& peer, std::string route)
        : bus_(bus), peer_(peer), route_(std::move(route)), inbox_(bus.inboxes_[route_])
    {
    }
    ~Connection() override { bus_.inboxes_.erase(route_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    std::size_t receive(std::vector<Inbound>& out, std::size_t limit) override
    {
        std::size_t taken = 0;
        for (; taken < limit && !inbox_.empty(); ++taken) {
            out.push_back(std::move(inbox_.front()));
            inbox_.pop_front();
        }
        return taken;
    }

    void follow(std::string_view topic_prefix) override
    {
        bus_.followers_.on_follow(route_, peer_, topic_prefix, bus_.clock_.now());
    }

    void publish(std::string_view topic, BytesView event) override { bus_.publish(peer_, topic, event); }
    void reply(messaging::ReplyToken token, BytesView reply) override { bus_.reply(peer_, token, reply); }
    void request(BytesView request) override { bus_.request(route_, peer_, request); }

    void hold(const messaging::Holding& holding) override
    {
        bus_.send(bus_.router_.on_hold(route_, peer_, holding, bus_.clock_.now()).answers);
    }

    void release(const messaging::Source& source) override
    {
        bus_.router_.on_release(peer_, source, bus_.clock_.now());
    }

private:
    InMemoryBus& bus_;
    hub::Peer& peer_;
    std::string route_;
    Inbox& inbox_;
};

InMemoryBus::InMemoryBus(std::string district, std::vector<hub::Grant> grants, Clock& clock,
                         const hub::RouterSettings& settings, std::uint64_t seed)
    : clock_(clock),
      random_(seed),
      rights_(std::move(district), std::move(grants)),
      router_(settings, rights_, random_),
      followers_(rights_),
      started_(clock.now())
{
}

std::unique_ptr<messaging::Transport> InMemoryBus::connect(std::string_view public_key)
{
    return std::make_unique<Connection>(*this, rights_.of(public_key), "connection " + std::to_string(++connections_));
}

void InMemoryBus::be_unreliable(const Unreliability& unreliability, std::uint64_t seed)
{
    unreliability_ = unreliability;
    dice_.seed(seed);
}

bool InMemoryBus::chance(unsigned per_thousand)
{
    // Not std::uniform_int_distribution: its results differ between standard libraries.
    return per_thousand > 0 && dice_() % 1000 < per_thousand;
}

void InMemoryBus::publish(hub::Peer& peer, std::string_view topic, BytesView event)
{
    if (!rights_.may_publish(peer, topic, hub::source_of(event))) {
        ++peer.counters.refused_publish;
        ++events_.refused;
        return;
    }
    ++peer.counters.events;
    ++events_.events;
    for (auto& follower : followers_.all())
        if (follower.wants(topic)) hand_to(follower, topic, event);
}

void InMemoryBus::hand_to(hub::Follower& follower, std::string_view topic, BytesView event)
{
    const auto inbox = inboxes_.find(follower.route);
    if (inbox == inboxes_.end() || chance(unreliability_.lost)) {
        ++follower.dropped;
        ++events_.dropped;
        return;
    }
    const InboundEvent copy{std::string(topic), to_bytes(event)};
    if (chance(unreliability_.delayed)) {
        delayed_.push_back({follower.route, copy});
        return;
    }
    ++follower.forwarded;
    ++events_.forwarded;
    inbox->second.emplace_back(copy);
    if (chance(unreliability_.doubled)) inbox->second.emplace_back(copy);
}

void InMemoryBus::deliver_delayed()
{
    for (auto& [route, event] : std::exchange(delayed_, {}))
        if (const auto inbox = inboxes_.find(route); inbox != inboxes_.end())
            inbox->second.emplace_back(std::move(event));
}

void InMemoryBus::request(const std::string& route, hub::Peer& peer, BytesView request)
{
    const auto now = clock_.now();
    const auto routed = router_.on_request(route, peer, request, now);
    if (const auto* forward = std::get_if<hub::Forward>(&routed)) {
        if (const auto inbox = inboxes_.find(forward->to); inbox != inboxes_.end())
            inbox->second.emplace_back(InboundRequest{forward->token, peer.service(), to_bytes(request)});
        else
            send(router_.on_gone(forward->to));
    } else if (const auto* answer = std::get_if<hub::Answer>(&routed)) {
        send({*answer});
    } else {
        const auto reply = hub::status_reply(std::get<hub::StatusAsked>(routed).request_id,
                                             {started_, now, rights_, router_, followers_, events_});
        send({{route, reply}});
    }
}

void InMemoryBus::reply(hub::Peer& peer, messaging::ReplyToken token, BytesView reply)
{
    if (const auto caller = router_.on_reply(peer, token, reply.size(), clock_.now()))
        send({{*caller, to_bytes(reply)}});
}

void InMemoryBus::send(const std::vector<hub::Answer>& answers)
{
    for (const auto& answer : answers)
        if (const auto inbox = inboxes_.find(answer.to); inbox != inboxes_.end())
            inbox->second.emplace_back(InboundReply{answer.reply, answer.ticket});
}

void InMemoryBus::tick()
{
    const auto now = clock_.now();
    send(router_.on_tick(now));
    followers_.on_tick(now);
}

void InMemoryBus::replace_grants(std::vector<hub::Grant> grants)
{
    rights_.replace(std::move(grants));
    followers_.on_rights_changed();
    send(router_.on_rights_changed());
}

}  // namespace gonghui::testing_support
