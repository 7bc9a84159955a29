#pragma once
// Where a request goes and where its reply goes back to. A state machine without socket, thread or clock: it is told
// what came and what time it is, and says what to do. It keeps nothing that a restart could lose: holders say every
// second what they hold, and callers ask again.

#include "common/bytes/bytes.hpp"
#include "common/messaging/request.hpp"
#include "common/messaging/transport.hpp"
#include "common/time/clock.hpp"
#include "services/hub/domain/line.hpp"
#include "services/hub/domain/request_head.hpp"
#include "services/hub/domain/rights.hpp"
#include "services/hub/domain/ticket.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gonghui::hub {

// A connection, under whatever name its driver has for it.
using Route = std::string;

struct RouterSettings {
    std::size_t in_flight_per_partition = 4096;
    std::size_t in_flight_per_caller = 16'384;
    std::size_t in_flight_at_a_rate = 64;                 // of a caller whose rate is bounded
    Duration holding_lapses = messaging::holding_lapses;  // a holder that is silent for longer gets no requests
    Duration unanswered = std::chrono::seconds(30);       // how long a request without a deadline may stay in flight
};

struct Forward {  // pass the request on to its holder, with this token
    Route to;
    messaging::ReplyToken token = 0;
};
struct Answer {  // an encoded reply of the hub's own
    Route to;
    Bytes reply;
    Bytes ticket{};  // to be shown with the next attempt; empty: none
};
struct StatusAsked {  // the hub's own state is asked for; see status.hpp
    Uuid request_id;
};
using Routed = std::variant<Forward, Answer, StatusAsked>;

enum class Claimed : std::uint8_t {
    obeyed,
    superseded,  // another holder has a higher claim
    refused,     // the peer may not hold this source
    unspoken,    // in a version of the protocol that the hub does not speak
};
struct HoldOutcome {
    Claimed claimed = Claimed::refused;
    std::vector<Answer> answers;  // to those whose requests went to the holder before
};

struct PartitionState {
    Route holder;  // empty: nobody holds it now
    const Peer* peer = nullptr;
    std::int64_t claim = 0;
    std::int64_t epoch = 0;
    std::int64_t seq = 0;
    std::int64_t wire = 0;  // version of the protocol
    UtcTime heard;
    UtcTime released{};  // by its last holder: the next one is about to speak
    std::size_t in_flight = 0;
    Line line;  // of those who were turned away

    [[nodiscard]] bool is_held() const { return !holder.empty(); }
};

struct RouterCounters {
    std::int64_t forwarded = 0, replied = 0, answered = 0;
    std::int64_t expired = 0;  // nobody waited any more
    std::int64_t stray = 0;    // replies to tokens that nobody waits for
    std::int64_t overloaded = 0, unavailable = 0, invalid = 0, refused = 0;
};

// Belongs to one thread. `rights` outlives it.
class Router {
public:
    using Partitions = std::map<std::string, std::vector<PartitionState>, std::less<>>;

    // `random` is asked once.
    Router(const RouterSettings& settings, const Rights& rights, Random& random);

    // `ticket`: what came with it, if anything.
    Routed on_request(std::string_view from, Peer& caller, BytesView request, UtcTime now, BytesView ticket = {});

    // Where the reply goes; nullopt when nobody waits for it, or when it comes from a peer that was never asked.
    // `bytes`: of the reply; whoever asked for much is charged for it.
    std::optional<Route> on_reply(Peer& holder, messaging::ReplyToken token, std::size_t bytes, UtcTime now);

    HoldOutcome on_hold(std::string_view from, Peer& peer, const messaging::Holding& holding, UtcTime now);
    // The holder answers what it has and gets no more.
    void on_release(const Peer& peer, const messaging::Source& source, UtcTime now);
    // Lets go of what is held by peers that may not any more.
    std::vector<Answer> on_rights_changed();

    // What was forwarded cannot be handed over: the holder takes no more now.
    std::optional<Answer> on_full(messaging::ReplyToken token, UtcTime now);
    // The connection is gone: whatever was held there is held by nobody.
    std::vector<Answer> on_gone(std::string_view route);

    // To be called every 100 ms or so: lapsed holders, passed deadlines.
    std::vector<Answer> on_tick(UtcTime now);

    [[nodiscard]] const Partitions& partitions() const { return services_; }
    [[nodiscard]] const RouterCounters& counters() const { return counters_; }
    [[nodiscard]] std::size_t in_flight() const { return in_flight_; }

private:
    struct InFlight {
        Route caller_route;
        Uuid request_id;
        Peer* caller = nullptr;
        const Peer* holder = nullptr;
        std::vector<PartitionState>* service = nullptr;
        std::size_t partition = 0;
        UtcTime until;
        std::int64_t prepaid = 0;    // units
        std::uint64_t sequence = 0;  // 0: a free slot
        bool has_deadline = false;
    };

    std::optional<messaging::Reply> objection(const Peer& caller, const RequestHead& head, UtcTime now);
    Routed forward(std::string_view from, Peer& caller, const RequestHead& head, BytesView ticket, UtcTime now);
    // When its turn comes, if it is not now.
    std::optional<UtcTime> turn_of(const Peer& caller, const RequestHead& head, PartitionState& partition,
                                   BytesView ticket, UtcTime now);
    messaging::ReplyToken remember(InFlight request);
    InFlight* find(messaging::ReplyToken token);
    void forget(InFlight& request);
    // Takes a partition from its holder, and tells those who wait for it.
    std::vector<Answer> let_go(std::vector<PartitionState>& service, std::size_t partition);
    std::vector<Answer> let_go_where(
        const std::function<bool(const std::string& service, const PartitionState&)>& condition);
    Answer turn_away(std::string_view to, const Peer& caller, const Uuid& request_id, const Line& line, UtcTime turn,
                     UtcTime now);
    Answer answer(std::string_view to, const Uuid& request_id, const messaging::Reply& reply);

    RouterSettings settings_;
    const Rights& rights_;
    Partitions services_;
    std::vector<InFlight> slots_;
    std::vector<std::uint32_t> free_;
    Tickets tickets_;
    std::uint64_t sequence_;
    std::size_t in_flight_ = 0;
    RouterCounters counters_;
};

}  // namespace gonghui::hub
