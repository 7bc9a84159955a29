#pragma once
// A socket with the options of this house, set in one place. It belongs to one thread.

#include "common/bytes/bytes.hpp"
#include "common/zeromq/context.hpp"
#include "common/zeromq/gatekeeper.hpp"
#include "common/zeromq/keys.hpp"
#include "common/zeromq/message.hpp"
#include "common/zeromq/wake.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gonghui::zeromq {

// What is larger is no message of ours: the connection that sent it is closed.
inline constexpr std::int64_t max_message_bytes = 4 << 20;

enum class Pattern : std::uint8_t {
    dealer,
    router,
    publish,    // PUB that knows its subscribers: sends under topics, once somebody has subscribed
    subscribe,  // SUB: receives what is under the prefixes it subscribed to
};

// How many messages may wait, per connection and direction, before more are refused (`Sent::full`).
struct HighWater {
    int send = 1'000;
    int receive = 1'000;
};

// `full`: nothing was sent; the high-water mark is reached, or nobody is connected yet. `unreachable`: a router's peer
// is gone.
enum class Sent : std::uint8_t { sent, full, unreachable };

// What became of a client's connection.
enum class Link : std::uint8_t { connecting, up, refused };

// The endpoint cannot be bound; the message names it and says why ("Address already in use").
class BindError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What happens at the door of a bound socket. A connection goes by its descriptor, which the next one may get once it
// is closed.
enum class AtTheDoor : std::uint8_t { opened, stranger, closed };  // stranger: no handshake, or none in time
struct DoorEvent {
    AtTheDoor what = AtTheDoor::opened;
    int connection = -1;  // of a stranger: not told
};

class Socket {
public:
    Socket(Context& context, Pattern pattern, HighWater high_water);
    ~Socket();
    Socket(Socket&&) noexcept;
    Socket& operator=(Socket&&) = delete;

    // As a server with this key; port "*" takes a free one. Returns the endpoint as bound. `gatekeeper` is the proof
    // that somebody judges the keys of those who connect, and must outlive the socket. Throws BindError.
    std::string bind(const std::string& endpoint, const KeyPair& own, const Gatekeeper& gatekeeper);

    // As a client with this key, to a server that holds `server_key`. Returns at once; connects, and connects again
    // after every loss, in the background.
    void connect(const std::string& endpoint, const KeyPair& own, const std::string& server_key);

    // Of a socket that connects: how it stands now. A server that refuses the key ends libzmq's own attempts; asking
    // here every now and then is what makes another one, every two seconds.
    [[nodiscard]] Link link(std::chrono::steady_clock::time_point now);

    // Of a socket that is bound: what has happened at its door, in order. To be asked often: it waits in memory.
    std::optional<DoorEvent> next_at_the_door();

    // One whole single-part message; false when none has come. Never blocks. Messages of several parts are passed over.
    bool receive(Message& message);
    // Two parts: of a router, the connection that it came from, 5 bytes that hold until it is closed; of a subscriber,
    // the topic.
    bool receive(Message& first, Message& message);

    // Never blocks.
    Sent send(Message message);
    // To the connection `first` of a router; under the topic `first` of a publisher or a relay, which always say
    // `sent`.
    Sent send_to(std::string_view first, Message message);

    // A subscriber's: every topic that begins so. In force now and after every reconnection.
    void subscribe(std::string_view prefix);

    // True when a message could be sent: somebody is connected (of a publisher: has subscribed) and there is room.
    [[nodiscard]] bool can_send();

    // Becomes readable when something may have changed (edge-triggered): receive until nothing comes, then wait for it
    // again. Never read from it, never close it.
    [[nodiscard]] int descriptor();

    // Multi-part messages passed over so far: no peer of ours sends them.
    [[nodiscard]] std::int64_t malformed() const { return malformed_; }

    struct Native;
    [[nodiscard]] Native& native() { return *native_; }

private:
    void open_connection();
    bool pass_over_rest(const Message& part);

    std::unique_ptr<Native> native_;
    Pattern pattern_;
    int subscriptions_ = 0;  // a publisher's
    std::string endpoint_;
    Link link_ = Link::connecting;
    std::chrono::steady_clock::time_point connect_again_{};
    std::int64_t malformed_ = 0;
};

// Ends a connection as if its peer had gone; libzmq has no call for that. What is no connection any more is left alone;
// one that has got its number meanwhile connects again. Thread-safe.
void end_connection(int connection) noexcept;

// Waits until a message may be received on one of the sockets, or the wake is signalled (it is cleared), or the time is
// over. Returns at once when one can already. At most eight sockets.
void wait_for_any(std::span<Socket* const> sockets, Wake& wake, std::chrono::milliseconds timeout);

}  // namespace gonghui::zeromq
