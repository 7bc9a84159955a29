#pragma once
// What this library's own .cpp files share of libzmq; nobody else includes it.

#include "common/zeromq/context.hpp"
#include "common/zeromq/message.hpp"
#include "common/zeromq/socket.hpp"

#include <zmq.hpp>

namespace gonghui::zeromq {

struct Context::Native {
    zmq::context_t context;
};

struct Socket::Native {
    zmq::socket_t socket;
    zmq::socket_t monitor;  // only once watched
};

// A Message is storage for libzmq's own; see message.cpp.
zmq::message_t& native(Message& message);
const zmq::message_t& native(const Message& message);

}  // namespace gonghui::zeromq
