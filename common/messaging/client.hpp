#pragma once
// A peer that only asks and watches: the operator's command, load clients, tests. It holds no partition and publishes
// nothing.

#include "common/messaging/hub_address.hpp"
#include "common/messaging/request.hpp"
#include "common/messaging/zeromq_transport.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gonghui::messaging {

// Belongs to one thread. Several clients may share a context and a key.
class Client {
public:
    // Connects in the background. Throws zeromq::KeyError when the hub's key is none.
    Client(zeromq::Context& context, HubAddress hub, KeyPair own);

    // Waits until the connection stands or the hub refuses the key, `patience` at most.
    zeromq::Link connect(std::chrono::milliseconds patience);

    // One encoded request; whoever was turned away before keeps their place in line. Many may be outstanding; their
    // replies come in any order, or never when hub or holder end meanwhile: ask again with the same id. What is sent
    // leaves at the latest with the next call that waits. False, and nothing is sent, while the hub takes no more: wait
    // for replies first.
    [[nodiscard]] bool send(BytesView request);

    // The next reply, waiting `patience` for one at most.
    std::optional<Bytes> next_reply(std::chrono::milliseconds patience);

    // Sends and waits for the reply to just this request; other replies stay for next_reply.
    std::optional<Bytes> call(const OutgoingRequest& request, std::chrono::milliseconds patience);

    // Events whose topic begins so; needs the right to follow them.
    void follow(std::string_view topic_prefix);
    std::optional<InboundEvent> next_event(std::chrono::milliseconds patience);

    // What the hub would not let this client follow.
    std::vector<HubRefusal> take_refusals() { return transport_.take_refusals(); }

private:
    // Takes in what has come, waiting until `deadline` for something.
    void take_in(std::chrono::steady_clock::time_point deadline);
    void keep(InboundReply&& reply);
    std::optional<Bytes> take_reply_to(const Uuid& id);

    ZeroMqTransport transport_;
    std::vector<Inbound> arrived_;
    std::deque<Bytes> replies_;
    std::unordered_map<Uuid, Bytes> tickets_;  // of requests that were turned away, until they are answered otherwise
    std::deque<InboundEvent> events_;
    codec::Parser parser_;
};

}  // namespace gonghui::messaging
