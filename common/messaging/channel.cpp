#include "common/messaging/channel.hpp"

namespace gonghui::messaging {

namespace {

// Kept for a hub that cannot be reached: enough for a restart of the hub, far below the largest frame.
constexpr std::size_t kept_bytes = 512 * 1024;

}  // namespace

std::optional<WireMessage> Channel::next()
{
    while (true) {
        if (const auto message = reader_.next()) return message;
        if (reader_.malformed()) ++malformed_;
        reader_ = FrameReader();
        has_rest_ = socket_.receive(frame_);
        if (!has_rest_) return std::nullopt;
        reader_ = FrameReader(frame_.view());
    }
}

zeromq::Sent Channel::send_frame()
{
    zeromq::Message frame(out_.view());
    return pattern_ == zeromq::Pattern::publish ? socket_.send_to(topic_, std::move(frame))
                                                : socket_.send(std::move(frame));
}

void Channel::under(std::string_view topic)
{
    if (topic_ == topic) return;
    flush();
    topic_ = topic;
}

void Channel::appended()
{
    ++waiting_;
    if (out_.view().size() < frame_bytes_ || flush()) return;
    if (out_.view().size() < kept_bytes) return;
    lost_ += waiting_;
    waiting_ = 0;
    out_.clear();
}

bool Channel::flush()
{
    if (waiting_ == 0) return true;
    if (!socket_.can_send() || send_frame() != zeromq::Sent::sent) return false;
    waiting_ = 0;
    out_.clear();
    return true;
}

bool Channel::has_room()
{
    return out_.view().size() < frame_bytes_ || flush();
}

}  // namespace gonghui::messaging
