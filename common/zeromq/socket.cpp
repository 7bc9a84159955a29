#include "common/zeromq/socket.hpp"

#include "common/zeromq/mechanism.hpp"
#include "common/zeromq/native.hpp"

#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cassert>
#include <cstring>

namespace gonghui::zeromq {

namespace {

// On close, what was sent last gets this long to leave.
constexpr int linger_ms = 1'000;
constexpr int heartbeat_interval_ms = 1'000;
constexpr int heartbeat_timeout_ms = 3'000;
constexpr int handshake_ms = 5'000;
// Without it the kernel decides: of a network that was silent for half a minute it would ask again half a minute later.
constexpr int connect_ms = 1'000;
constexpr int reconnect_ms = 100;
constexpr int reconnect_most_ms = 1'000;
constexpr int backlog = 1'024;
constexpr std::chrono::seconds after_refusal{2};

zmq::socket_type type_of(Pattern pattern)
{
    switch (pattern) {
        case Pattern::dealer:
            return zmq::socket_type::dealer;
        case Pattern::router:
            return zmq::socket_type::router;
        case Pattern::publish:
            // XPUB is a PUB that lets its owner see the subscriptions.
            return zmq::socket_type::xpub;
        case Pattern::subscribe:
            return zmq::socket_type::sub;
    }
    throw std::logic_error("no such pattern");
}

void set_house_options(zmq::socket_t& socket, Pattern pattern, HighWater high_water)
{
    socket.set(zmq::sockopt::linger, linger_ms);
    socket.set(zmq::sockopt::sndhwm, high_water.send);
    socket.set(zmq::sockopt::rcvhwm, high_water.receive);
    socket.set(zmq::sockopt::maxmsgsize, max_message_bytes);
    socket.set(zmq::sockopt::heartbeat_ivl, heartbeat_interval_ms);
    socket.set(zmq::sockopt::heartbeat_timeout, heartbeat_timeout_ms);
    socket.set(zmq::sockopt::handshake_ivl, handshake_ms);
    socket.set(zmq::sockopt::connect_timeout, connect_ms);
    socket.set(zmq::sockopt::reconnect_ivl, reconnect_ms);
    socket.set(zmq::sockopt::reconnect_ivl_max, reconnect_most_ms);
    socket.set(zmq::sockopt::backlog, backlog);
    // Nothing queues for a connection that does not stand: the sender learns it at once.
    socket.set(zmq::sockopt::immediate, true);
    // Likewise for a peer that has gone.
    if (pattern == Pattern::router) socket.set(zmq::sockopt::router_mandatory, true);
}

// Monitors are inproc endpoints; their names must differ within a context.
std::string monitor_endpoint()
{
    static std::atomic<std::uint64_t> made = 0;
    return "inproc://gonghui.monitor." + std::to_string(++made);
}

constexpr int watched_by_client =
    ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_DISCONNECTED;
constexpr int watched_at_the_door = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                                    ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_DISCONNECTED;

struct MonitorEvent {
    std::uint16_t number = 0;
    std::int32_t value = 0;
};

// A frame of a 16-bit number and a 32-bit value, then a frame with the address.
std::optional<MonitorEvent> next_event(zmq::socket_t& monitor)
{
    zmq::message_t content;
    if (!monitor.recv(content, zmq::recv_flags::dontwait)) return std::nullopt;
    zmq::message_t address;
    [[maybe_unused]] const auto received = monitor.recv(address, zmq::recv_flags::dontwait);
    MonitorEvent event;
    std::memcpy(&event.number, content.data(), sizeof event.number);
    std::memcpy(&event.value, content.data<std::byte>() + sizeof event.number, sizeof event.value);
    return event;
}

void watch(zmq::socket_t& socket, zmq::socket_t& monitor, int events)
{
    const auto endpoint = monitor_endpoint();
    // The I/O thread waits for room in it while it holds every connection up: so there is always room.
    monitor.set(zmq::sockopt::rcvhwm, 0);
    if (zmq_socket_monitor(socket.handle(), endpoint.c_str(), events) != 0) throw zmq::error_t();
    monitor.connect(endpoint);
}

}  // namespace

Socket::Socket(Context& context, Pattern pattern, HighWater high_water)
    : native_(std::make_unique<Native>()), pattern_(pattern)
{
    native_->socket = zmq::socket_t(context.native().context, type_of(pattern));
    set_house_options(native_->socket, pattern, high_water);
    // Made here because only here the context is at hand.
    native_->monitor = zmq::socket_t(context.native().context, zmq::socket_type::pair);
    native_->monitor.set(zmq::sockopt::linger, 0);
}

Socket::~Socket()
{
    // Before its listener goes: an event without one would hold the I/O thread for ever.
    if (native_ && native_->socket) zmq_socket_monitor(native_->socket.handle(), nullptr, 0);
}
Socket::Socket(Socket&&) noexcept = default;

std::string Socket::bind(const std::string& endpoint, const KeyPair& own, const Gatekeeper&)
{
    auto& socket = native_->socket;
    secure_server(socket, own);
    socket.set(zmq::sockopt::zap_domain, "gonghui");
    watch(socket, native_->monitor, watched_at_the_door);
    try {
        socket.bind(endpoint);
    } catch (const zmq::error_t& error) {
        throw BindError("cannot bind " + endpoint + ": " + error.what());
    }
    return socket.get(zmq::sockopt::last_endpoint);
}

void Socket::connect(const std::string& endpoint, const KeyPair& own, const std::string& server_key)
{
    if (!is_key(server_key)) throw KeyError("the server's public key is no key: it must be 40 characters of Z85");
    auto& socket = native_->socket;
    secure_client(socket, own, server_key);
    watch(socket, native_->monitor, watched_by_client);
    endpoint_ = endpoint;
    open_connection();
}

void Socket::open_connection()
{
    try {
        native_->socket.connect(endpoint_);
    } catch (const zmq::error_t& error) {
        throw std::runtime_error("cannot connect to " + endpoint_ + ": " + error.what());
    }
}

Link Socket::link(std::chrono::steady_clock::time_point now)
{
    while (const auto event = next_event(native_->monitor)) {
        if (event->number == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) link_ = Link::up;
        if (event->number == ZMQ_EVENT_DISCONNECTED && link_ == Link::up) link_ = Link::connecting;
        if (event->number == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
            link_ = Link::refused;
            connect_again_ = now + after_refusal;
        }
    }
    if (link_ == Link::refused && now >= connect_again_) {
        connect_again_ = now + after_refusal;
        // Forgets what is left of the refused connection; ENOENT when nothing is.
        zmq_disconnect(native_->socket.handle(), endpoint_.c_str());
        open_connection();
    }
    return link_;
}

std::optional<DoorEvent> Socket::next_at_the_door()
{
    const auto event = next_event(native_->monitor);
    if (!event) return std::nullopt;
    switch (event->number) {
        case ZMQ_EVENT_ACCEPTED:
            return DoorEvent{AtTheDoor::opened, event->value};
        case ZMQ_EVENT_DISCONNECTED:
            return DoorEvent{AtTheDoor::closed, event->value};
        default:
            return DoorEvent{AtTheDoor::stranger, -1};
    }
}

bool Socket::pass_over_rest(const Message& part)
{
    bool more = part.has_more();
    if (more) ++malformed_;
    while (more) {
        zmq::message_t rest;
        if (!native_->socket.recv(rest, zmq::recv_flags::dontwait)) break;
        more = rest.more();
    }
    return true;
}

bool Socket::receive(Message& message)
{
    while (native_->socket.recv(zeromq::native(message), zmq::recv_flags::dontwait)) {
        if (!message.has_more()) return true;
        pass_over_rest(message);
    }
    return false;
}

bool Socket::receive(Message& first, Message& message)
{
    while (native_->socket.recv(zeromq::native(first), zmq::recv_flags::dontwait)) {
        if (!first.has_more()) continue;
        if (!native_->socket.recv(zeromq::native(message), zmq::recv_flags::dontwait)) return false;
        if (!message.has_more()) return true;
        pass_over_rest(message);
    }
    return false;
}

Sent Socket::send(Message message)
{
    return native_->socket.send(zeromq::native(message), zmq::send_flags::dontwait) ? Sent::sent : Sent::full;
}

Sent Socket::send_to(std::string_view first, Message message)
{
    if (pattern_ == Pattern::publish && !can_send()) return Sent::full;
    // The C functions: with ROUTER_MANDATORY a vanished peer is an everyday answer, not an exception.
    void* const socket = native_->socket.handle();
    if (zmq_send(socket, first.data(), first.size(), ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0) {
        if (zmq_errno() == EAGAIN) return Sent::full;
        if (zmq_errno() == EHOSTUNREACH) return Sent::unreachable;
        throw zmq::error_t();
    }
    // Room was promised with the first part.
    if (zmq_msg_send(zeromq::native(message).handle(), socket, ZMQ_DONTWAIT) < 0) throw zmq::error_t();
    return Sent::sent;
}

void Socket::subscribe(std::string_view prefix)
{
    native_->socket.set(zmq::sockopt::subscribe, prefix);
}

int Socket::descriptor()
{
    return native_->socket.get(zmq::sockopt::fd);
}

bool Socket::can_send()
{
    if (pattern_ == Pattern::publish) {
        // ZeroMQ RFC 23: one byte, 1 or 0, then the prefix.
        for (Message change; receive(change);)
            if (const auto bytes = change.view(); !bytes.empty()) subscriptions_ += bytes[0] == std::byte{1} ? 1 : -1;
        if (subscriptions_ <= 0) return false;
    }
    return (native_->socket.get(zmq::sockopt::events) & ZMQ_POLLOUT) != 0;
}

void end_connection(int connection) noexcept
{
    ::shutdown(connection, SHUT_RDWR);  // a file, or nothing, is no socket: it stays as it is
}

void wait_for_any(std::span<Socket* const> sockets, Wake& wake, std::chrono::milliseconds timeout)
{
    constexpr std::size_t most = 8;
    if (sockets.size() > most) throw std::logic_error("wait_for_any takes at most eight sockets");
    std::array<zmq::pollitem_t, most + 1> items{};
    for (std::size_t i = 0; i < sockets.size(); ++i)
        items[i] = {sockets[i]->native().socket.handle(), 0, ZMQ_POLLIN, 0};
    items[sockets.size()] = {nullptr, wake.descriptor(), ZMQ_POLLIN, 0};
    try {
        zmq::poll(items.data(), sockets.size() + 1, timeout);
    } catch (const zmq::error_t& error) {
        if (error.num() != EINTR) throw;  // a signal ends the wait, nothing more
    }
    if (items[sockets.size()].revents != 0) wake.clear();
}

}  // namespace gonghui::zeromq
