#pragma once
// Gathers what goes to each connection within one turn into as few frames as possible.

#include "common/codec/writer.hpp"
#include "common/messaging/transport.hpp"
#include "common/zeromq/socket.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gonghui::hub {

// What could not be handed over.
struct Undelivered {
    std::string route;
    std::vector<messaging::ReplyToken> tokens;  // of the requests that were in the frame
    zeromq::Sent why = zeromq::Sent::full;
};

// Belongs to one thread. `socket`, a router, outlives it.
class Outgoing {
public:
    explicit Outgoing(zeromq::Socket& socket) : socket_(socket) {}

    // Append one message to it.
    codec::Writer& to(std::string_view route);
    // Likewise, for a request that is undelivered if the frame is.
    codec::Writer& to(std::string_view route, messaging::ReplyToken token);

    // Sends everything; returns what could not be handed over since the last call.
    std::vector<Undelivered> flush();

private:
    struct Frame {
        std::string route;
        codec::Writer bytes;
        std::vector<messaging::ReplyToken> tokens;
    };
    Frame& frame_to(std::string_view route);
    void send(Frame& frame);

    zeromq::Socket& socket_;
    std::vector<Frame> frames_;  // the first `used_` are this turn's; the others keep their memory for the next
    std::size_t used_ = 0;
    std::unordered_map<std::string, std::size_t> by_route_;
    std::vector<Undelivered> undelivered_;
};

}  // namespace gonghui::hub
