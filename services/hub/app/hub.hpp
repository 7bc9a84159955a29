#pragma once
// The hub on ZeroMQ: three sockets, one thread, the rules of domain/ between them.

#include "common/ids/random.hpp"
#include "common/messaging/frames.hpp"
#include "common/time/clock.hpp"
#include "common/zeromq/context.hpp"
#include "common/zeromq/gatekeeper.hpp"
#include "common/zeromq/keys.hpp"
#include "common/zeromq/socket.hpp"
#include "common/zeromq/wake.hpp"
#include "services/hub/app/connections.hpp"
#include "services/hub/app/outgoing.hpp"
#include "services/hub/domain/followers.hpp"
#include "services/hub/domain/rights.hpp"
#include "services/hub/domain/router.hpp"
#include "services/hub/domain/status.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace gonghui::hub {

struct HubSettings {
    std::string district;
    std::string version = {};
    std::string publish = "tcp://127.0.0.1:*";  // endpoints to bind
    std::string subscribe = "tcp://127.0.0.1:*";
    std::string request = "tcp://127.0.0.1:*";
    // Frames that may wait for one connection before more are dropped: enough for a burst of 100,000 single events
    // while a follower is busy for seconds.
    int event_high_water = 50'000;
    int request_high_water = 20'000;
    int io_threads = 1;
    RouterSettings limits = {};
};

// As bound.
struct Endpoints {
    std::string publish;
    std::string subscribe;
    std::string request;
};

struct HubFigures {
    RouterCounters requests;
    EventCounters events;
    std::size_t in_flight = 0;
    std::size_t followers = 0;
    std::size_t partitions_held = 0;
    std::int64_t follows_refused = 0;
    std::int64_t holds_refused = 0;
    std::int64_t beyond_rate = 0;
    std::int64_t kept_out = 0;
    DoorCounters door;
};

// `run` and the constructor belong to one thread; the others are thread-safe.
class Hub {
public:
    // Binds. Throws zeromq::BindError and WrongGrant. `clock` outlives it.
    Hub(const HubSettings& settings, const zeromq::KeyPair& own, std::vector<Grant> grants, Clock& clock,
        Random& random);

    // Calls `each_turn` at least ten times a second.
    void run(
        const std::stop_token& stop, const std::function<void()>& each_turn = [] {});

    [[nodiscard]] const Endpoints& endpoints() const { return endpoints_; }

    // In force with the next message; connections of keys without a grant are ended. Throws WrongGrant and changes
    // nothing.
    void replace_grants(std::vector<Grant> grants);

    // Not older than a second while `run` runs.
    [[nodiscard]] HubFigures figures() const;

private:
    void turn();
    Peer& speaker_of(const zeromq::Message& frame);
    template <class Take>
    void take_from(zeromq::Socket& socket, Take take);
    void on_noise(Peer& peer, std::int64_t units, UtcTime now);
    void keep_out(Peer& peer, UtcTime now);
    void let_back_in(UtcTime now);
    void put_off();
    void take_events();
    void pass_on(Peer& peer, const zeromq::Message& frame, UtcTime now);
    void hand_to(Follower& follower, const zeromq::Message& frame, bool whole_frame_passed);
    void take_follows();
    void take_requests();
    void on_message(std::string_view route, Peer& peer, const messaging::WireMessage& message, UtcTime now);
    void on_request(std::string_view route, Peer& peer, const messaging::WireMessage& message, UtcTime now);
    void on_hold(std::string_view route, Peer& peer, BytesView map, UtcTime now);
    void on_release(std::string_view route, Peer& peer, std::string_view source, UtcTime now);
    void send(const std::vector<Answer>& answers);
    void flush();
    void tick(UtcTime now);
    void adopt_new_grants();
    [[nodiscard]] DoorCounters door() const;
    void tell_of_the_door(UtcTime now);

    Clock& clock_;
    zeromq::Context context_;
    Rights rights_;
    zeromq::Gatekeeper gatekeeper_;
    std::string version_;
    Router router_;
    Followers followers_;
    EventCounters events_;
    Connections connections_;
    zeromq::Socket publishers_;
    zeromq::Socket followers_socket_;
    zeromq::Socket requests_;
    Outgoing replies_;
    Outgoing confirmations_;
    Endpoints endpoints_;
    zeromq::Wake wake_;
    UtcTime started_;
    UtcTime next_tick_;
    std::vector<messaging::WireMessage> passed_;  // the events of one frame that may pass
    codec::Writer selection_;
    std::map<std::string, Peer*, std::less<>> kept_out_;  // by public key
    DoorCounters door_told_;
    UtcTime tell_door_again_;

    mutable std::mutex mutex_;  // of what follows
    std::optional<std::vector<Grant>> new_grants_;
    HubFigures figures_;
};

}  // namespace gonghui::hub
