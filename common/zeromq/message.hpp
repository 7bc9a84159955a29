#pragma once
// One frame, owned by libzmq: moved through sockets without a copy, shared by reference count when copied.

#include "common/bytes/bytes.hpp"

#include <array>
#include <string_view>

namespace gonghui::zeromq {

class Message {
public:
    Message() noexcept;
    explicit Message(BytesView content);
    Message(Message&& other) noexcept;
    Message& operator=(Message&& other) noexcept;
    ~Message();

    // The same content again; content above 33 bytes is shared, not copied.
    [[nodiscard]] Message share() const;

    [[nodiscard]] BytesView view() const;
    [[nodiscard]] bool has_more() const;  // it was received as part of a larger message, and more parts follow

    // What the Gatekeeper called the peer that sent this; empty for a message made here. Valid while the message lives.
    [[nodiscard]] std::string_view user_id() const;

    // The connection that brought this, as its descriptor; -1 for a message made here.
    [[nodiscard]] int connection() const;

private:
    friend struct MessageAccess;
    // libzmq's zmq_msg_t: 64 bytes on every platform.
    alignas(void*) std::array<std::byte, 64> storage_{};
};

}  // namespace gonghui::zeromq
