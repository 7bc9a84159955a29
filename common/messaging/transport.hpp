#pragma once
// What a partition needs of a bus. Two implementations stand under one conformance suite (tests/contract): ZeroMQ
// (common/messaging/zeromq_transport) and in memory (tests/support).
//
// A transport belongs to one thread. It may lose, double and delay what it carries - `publish` is a hint, the log is
// the truth - but never alters it: what arrives came from a peer whose key the hub knows.

#include "common/bytes/bytes.hpp"
#include "common/messaging/envelope.hpp"
#include "common/messaging/source.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gonghui::messaging {

// Answers one inbound request; opaque, given by the hub.
using ReplyToken = std::uint64_t;

struct InboundRequest {
    ReplyToken token = 0;
    std::string caller;  // the caller's service, stamped by the hub from its key
    Bytes bytes;
};

struct InboundEvent {
    std::string topic;
    Bytes bytes;
};

// The answer to a request of our own.
struct InboundReply {
    Bytes bytes;
    Bytes ticket{};  // of a caller who was turned away, to be shown with the next attempt
};

using Inbound = std::variant<InboundRequest, InboundEvent, InboundReply>;

// Of the protocol between hub and peers (PROTOCOL.md, "Versions"). A hub speaks every version from the oldest on.
inline constexpr std::int64_t oldest_wire = 1;
inline constexpr std::int64_t newest_wire = 1;

// What a holder tells the hub: I serve this partition, under this claim, up to this position. The hub obeys the highest
// claim; a holder that falls silent for `holding_lapses` no longer gets requests.
struct Holding {
    Source source;
    int partitions = 1;      // of the service, fixed at creation
    std::int64_t claim = 0;  // raised at every open of the store
    std::int64_t epoch = 1;
    std::int64_t seq = 0;
    std::int64_t wire = newest_wire;
};

inline constexpr std::chrono::milliseconds beacon_interval{1000};
inline constexpr std::chrono::milliseconds holding_lapses{3000};

class Transport {
public:
    virtual ~Transport() = default;

    // Appends at most `limit` of what has arrived to `out`; never blocks. Returns how many.
    virtual std::size_t receive(std::vector<Inbound>& out, std::size_t limit) = 0;

    virtual void follow(std::string_view topic_prefix) = 0;
    virtual void publish(std::string_view topic, BytesView event) = 0;
    virtual void reply(ReplyToken token, BytesView reply) = 0;
    virtual void request(BytesView request) = 0;
    virtual void hold(const Holding& holding) = 0;
    virtual void release(const Source& source) = 0;

    // What is collected for a common frame leaves now, not with the next `receive`.
    virtual void flush() {}
};

}  // namespace gonghui::messaging
