#pragma once
// The way from HTTP onto the bus: one connection for all, on the thread of HTTP. What is asked within one turn of that
// thread leaves in one frame.

#include "common/messaging/hub_address.hpp"
#include "common/messaging/request.hpp"
#include "common/messaging/zeromq_transport.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <chrono>
#include <functional>
#include <unordered_map>
#include <vector>

namespace gonghui::gateway {

// What came back; `reply` is null when nobody answered in time. Valid during the call.
struct Answered {
    const messaging::ReceivedReply* reply = nullptr;
    BytesView ticket;
};

class Bus {
public:
    using Done = std::function<void(const Answered&)>;

    enum class Asked : std::uint8_t { sent, in_progress, full };

    // Throws zeromq::KeyError when the hub's key is none.
    Bus(boost::asio::io_context& io, const messaging::HubAddress& hub, const messaging::KeyPair& own,
        std::size_t most_in_flight);
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    // `done` is called once when it was `sent`. The same id twice at once is not sent: replies go by it, and the other
    // one may be somebody else's.
    Asked ask(const messaging::OutgoingRequest& request, BytesView ticket, Done done);

    // Gives up what nobody has answered. To be called a few times a second.
    void tick();

    [[nodiscard]] bool is_up() { return transport_.link() == zeromq::Link::up; }
    [[nodiscard]] std::size_t in_flight() const { return pending_.size(); }

private:
    struct Pending {
        Done done;
        std::chrono::steady_clock::time_point until;
    };

    void wait();
    void pump();
    void take(const messaging::InboundReply& inbound);

    boost::asio::io_context& io_;
    zeromq::Context context_;
    messaging::ZeroMqTransport transport_;
    boost::asio::posix::stream_descriptor readable_;
    std::size_t most_in_flight_;
    std::unordered_map<Uuid, Pending> pending_;
    std::vector<messaging::Inbound> arrived_;
    codec::Parser parser_;
    bool is_scheduled_ = false;
};

}  // namespace gonghui::gateway
