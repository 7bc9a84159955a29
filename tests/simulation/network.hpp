#pragma once
// The network of a simulated district: the bus in memory, under the hub's own rules, behind links that lose, double and
// delay in both directions as the dice fall.

#include "common/messaging/transport.hpp"
#include "common/time/manual_clock.hpp"
#include "tests/simulation/process.hpp"
#include "tests/simulation/sometimes.hpp"
#include "tests/simulation/trace.hpp"
#include "tests/support/in_memory_bus.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace gonghui::simulation {

// Of a thousand messages, each way.
struct Weather {
    unsigned lost = 0;
    unsigned doubled = 0;
    unsigned late = 0;  // by up to half a second, behind later ones
};

class Network {
public:
    Network(std::string district, std::vector<hub::Grant> grants, ManualClock& clock, Dice& dice, Trace& trace,
            Sometimes& sometimes);
    ~Network();
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    // A connection under this key. `process` - null for a client, which never dies - outlives it; it breaks when it is
    // destroyed.
    std::unique_ptr<messaging::Transport> connect(const std::string& key, Process* process);
    // Something has arrived there that nobody has taken yet.
    [[nodiscard]] bool has_arrived(const std::string& key) const;

    void set_weather(const Weather& weather) { weather_ = weather; }
    // The peer neither reaches the hub nor is reached until then. What was under way is lost.
    void cut_off(const std::string& key, UtcTime until);
    // Forgets everything; connections stand again when it is back.
    void restart_hub(UtcTime back_at);
    void heal();

    // Moves what is due; true when something was.
    bool step();
    [[nodiscard]] UtcTime next() const;

    // Told of every event that leaves a service, beacons apart, whether or not it arrives anywhere.
    std::function<void(std::string_view topic, BytesView event)> on_published = [](auto, auto) {
    };

private:
    class Link;
    struct Peer;
    struct Publication {
        std::string topic;
        Bytes event;
    };
    struct Answer {
        messaging::ReplyToken token;
        Bytes reply;
    };
    struct Asked {
        Bytes request;
    };
    struct Follow {
        std::string prefix;
    };
    using Parcel = std::variant<Publication, Answer, Asked, Follow, messaging::Holding, messaging::Source,
                                messaging::Inbound>;  // the last one: to the peer
    struct UnderWay {
        std::shared_ptr<Peer> peer;  // what a process has sent before its end still arrives
        Parcel parcel;
    };

    void send(const std::shared_ptr<Peer>& peer, Parcel parcel);
    void deliver(Peer& peer, Parcel& parcel);
    void collect();
    void look_after_peers();
    void watch_tail(Peer& peer, const messaging::InboundEvent& event);
    [[nodiscard]] bool is_cut_off(const Peer& peer) const;
    void open_hub();

    std::string district_;
    std::vector<hub::Grant> grants_;
    ManualClock& clock_;
    Dice& dice_;
    Trace& trace_;
    Sometimes& sometimes_;
    Weather weather_;
    std::unique_ptr<testing_support::InMemoryBus> bus_;  // null while the hub is down
    UtcTime hub_back_at_{};
    UtcTime next_look_{};
    std::vector<std::shared_ptr<Peer>> peers_;
    std::map<std::string, UtcTime, std::less<>> cut_off_until_;
    std::multimap<UtcTime, UnderWay> under_way_;
};

}  // namespace gonghui::simulation
