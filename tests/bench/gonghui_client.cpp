#include "tests/bench/gonghui_client.hpp"

#include "common/messaging/frames.hpp"
#include "common/zeromq/mechanism.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <unordered_map>

namespace gonghui::bench {

using std::chrono::milliseconds;

void add_options(CLI::App& app, District& district)
{
    app.add_option("--hub-request", district.hub.request)->required();
    app.add_option("--hub-key", district.hub.public_key)->required();
    app.add_option("--key", district.key)->required();
}

namespace {

constexpr int threads = 2;
constexpr std::size_t frame_bytes = 32 * 1024;  // as every client of the bus gathers requests
constexpr int frames_that_may_wait = 20'000;    // of a connection

// Connections that one thread works through: each has its own handshake and its own stream, all are at one socket of
// libzmq. With a socket and a thread for each, as pgbench does it with libpq, every answer woke two threads here, and
// the load took more of the two cores than what it measured.
class Connections {
public:
    Connections(zmq::context_t& context, const District& district, std::size_t count, int window)
        : socket_(context, zmq::socket_type::router), out_(count)
    {
        const auto own = messaging::KeyPair::load(district.key);
        socket_.set(zmq::sockopt::linger, 0);
        socket_.set(zmq::sockopt::sndhwm, frames_that_may_wait);
        socket_.set(zmq::sockopt::rcvhwm, frames_that_may_wait);
        socket_.set(zmq::sockopt::router_mandatory, true);
        zeromq::secure_client(socket_, own, district.hub.public_key);
        for (std::size_t connection = 0; connection < count; ++connection) {
            socket_.set(zmq::sockopt::connect_routing_id, std::to_string(connection));
            socket_.connect(district.hub.request);
            for (int i = 0; i < window; ++i) room_.push_back(connection);
        }
    }

    [[nodiscard]] bool has_room() const { return !room_.empty(); }
    [[nodiscard]] std::size_t outstanding() const { return sent_.size(); }
    [[nodiscard]] const std::vector<float>& latencies() const { return latencies_; }

    // Leaves with `flush`.
    void append(const Command& command, steady_clock::time_point due)
    {
        const auto connection = room_.front();
        room_.pop_front();
        sent_.emplace(command.id, Sent{connection, due});
        auto& frame = out_[connection];
        if (frame.view().empty()) with_frame_.push_back(connection);
        messaging::append_request(frame, command.bytes);
        if (frame.view().size() >= frame_bytes) send(connection);
    }

    void flush()
    {
        for (const auto connection : with_frame_)
            if (!out_[connection].view().empty()) send(connection);
        with_frame_.clear();
    }

    // How many of the answers that have come say that it is done, waiting for the first.
    std::int64_t take(milliseconds patience)
    {
        zmq::pollitem_t item{socket_.handle(), 0, ZMQ_POLLIN, 0};
        zmq::poll(&item, 1, patience);
        std::int64_t accepted = 0;
        zmq::message_t connection;
        zmq::message_t frame;
        while (socket_.recv(connection, zmq::recv_flags::dontwait)) {
            static_cast<void>(socket_.recv(frame));
            messaging::FrameReader reader(std::as_bytes(std::span(frame.data<char>(), frame.size())));
            while (const auto message = reader.next()) accepted += take(*message);
        }
        return accepted;
    }

private:
    struct Sent {
        std::size_t connection;
        steady_clock::time_point due;
    };

    void send(std::size_t connection)
    {
        auto& frame = out_[connection];
        socket_.send(zmq::buffer(std::to_string(connection)), zmq::send_flags::sndmore);
        if (!socket_.send(zmq::buffer(frame.view().data(), frame.view().size()), zmq::send_flags::dontwait))
            throw std::runtime_error("the hub takes no more");
        frame.clear();
    }

    std::int64_t take(const messaging::WireMessage& message)
    {
        if (message.word != messaging::Word::reply) throw std::runtime_error("refused: " + std::string(message.text));
        const auto reply = messaging::decode_reply(parser_, message.bytes);
        if (!reply || reply->outcome != messaging::Outcome::accepted)
            throw std::runtime_error("not accepted: " + (reply ? std::string(reply->code) : reply.error()));
        const auto found = sent_.find(reply->id);
        if (found == sent_.end()) return 0;
        latencies_.push_back(milliseconds_since(found->second.due));
        room_.push_back(found->second.connection);
        sent_.erase(found);
        return 1;
    }

    zmq::socket_t socket_;
    codec::Parser parser_;
    std::vector<codec::Writer> out_;       // the frame that each connection is about to send
    std::vector<std::size_t> with_frame_;  // connections with something in it
    std::deque<std::size_t> room_;  // a connection for each command that it may have under way beyond those it has
    std::unordered_map<Uuid, Sent> sent_;
    std::vector<float> latencies_;
};

void drive(Connections& connections, Pace pace, std::int64_t worth, const NextCommand& next, Meter& meter)
{
    bool more = true;
    while (!meter.is_over() && (more || connections.outstanding() > 0)) {
        while (more && connections.has_room() && pace.is_due()) {
            const auto command = next();  // made when it is due: it carries the time
            more = command.has_value();
            if (!more) break;
            connections.append(*command, pace.due());
            pace.sent();
        }
        connections.flush();
        meter.add(worth * connections.take(std::chrono::ceil<milliseconds>(pace.patience())));
    }
    if (!more) meter.end();
    // What is under way is waited for, so that all that was decided is counted in all.
    for (int i = 0; i < 50 && connections.outstanding() > 0; ++i)
        meter.add(worth * connections.take(milliseconds(100)));
    if (connections.outstanding() > 0)
        throw std::runtime_error(std::to_string(connections.outstanding()) + " commands were never answered");
    meter.take_latencies(connections.latencies());
}

}  // namespace

int measure(const Shape& shape, const District& district, std::int64_t worth,
            const std::function<NextCommand(int thread)>& commands)
{
    zmq::context_t context;
    auto crews = shape;
    crews.connections = std::min(threads, shape.connections);
    return measure(crews, [&](int thread, Meter& meter) {
        const auto share = (shape.connections + thread) / crews.connections;  // the last gets what is left over
        Connections connections(context, district, static_cast<std::size_t>(share), shape.window);
        drive(connections, Pace(crews), worth, commands(thread), meter);
    });
}

}  // namespace gonghui::bench
