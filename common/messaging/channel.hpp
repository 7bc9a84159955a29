#pragma once
// One connection to the hub with its frames taken apart and put together: messages in, messages out. Of the ZeroMQ
// transport and the client; nobody else needs it.

#include "common/codec/writer.hpp"
#include "common/messaging/frames.hpp"
#include "common/zeromq/socket.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gonghui::messaging {

class Channel {
public:
    // `frame_bytes`: a frame that grows beyond it is sent, so that it bounds what a high-water mark counts.
    Channel(zeromq::Context& context, zeromq::Pattern pattern, zeromq::HighWater high_water, std::size_t frame_bytes)
        : socket_(context, pattern, high_water), pattern_(pattern), frame_bytes_(frame_bytes)
    {
    }

    [[nodiscard]] zeromq::Socket& socket() { return socket_; }

    // The next message that has come; its views hold until the next call.
    std::optional<WireMessage> next();
    // A frame is half read: do not wait for the socket.
    [[nodiscard]] bool has_rest() const { return has_rest_; }
    // Messages wait for the connection to stand, or for room.
    [[nodiscard]] bool has_unsent() const { return waiting_ > 0; }

    // Of a channel that publishes: what is appended from now on goes out under this topic.
    void under(std::string_view topic);
    // Append to it, then call `appended`.
    [[nodiscard]] codec::Writer& out() { return out_; }
    void appended();
    // Sends what was appended. False when the hub cannot be reached now: it is kept for the next time, up to a bound.
    bool flush();
    // Whether more may be appended: false while the bound is reached and the hub takes nothing.
    bool has_room();

    [[nodiscard]] std::int64_t lost() const { return lost_; }  // messages given up beyond the bound
    [[nodiscard]] std::int64_t malformed() const { return malformed_ + socket_.malformed(); }

private:
    zeromq::Sent send_frame();

    zeromq::Socket socket_;
    zeromq::Pattern pattern_;
    std::size_t frame_bytes_;
    std::string topic_;
    zeromq::Message frame_;
    FrameReader reader_;
    bool has_rest_ = false;
    codec::Writer out_;
    std::int64_t waiting_ = 0;  // messages in out_
    std::int64_t lost_ = 0;
    std::int64_t malformed_ = 0;
};

}  // namespace gonghui::messaging
