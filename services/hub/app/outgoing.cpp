#include "services/hub/app/outgoing.hpp"

#include <utility>

namespace gonghui::hub {

namespace {

// A full frame leaves at once.
constexpr std::size_t frame_bytes = 32 * 1024;
// Frames kept for their memory; a turn seldom answers more connections.
constexpr std::size_t kept_frames = 256;

}  // namespace

Outgoing::Frame& Outgoing::frame_to(std::string_view route)
{
    const auto [found, is_new] = by_route_.try_emplace(std::string(route), used_);
    if (is_new) {
        if (used_ == frames_.size()) frames_.emplace_back();
        frames_[used_++].route = route;
    }
    auto& frame = frames_[found->second];
    // The last message made it full; whatever comes next goes into another one.
    if (frame.bytes.view().size() >= frame_bytes) send(frame);
    return frame;
}

codec::Writer& Outgoing::to(std::string_view route)
{
    return frame_to(route).bytes;
}

codec::Writer& Outgoing::to(std::string_view route, messaging::ReplyToken token)
{
    auto& frame = frame_to(route);
    frame.tokens.push_back(token);
    return frame.bytes;
}

void Outgoing::send(Frame& frame)
{
    const auto sent = socket_.send_to(frame.route, zeromq::Message(frame.bytes.view()));
    if (sent != zeromq::Sent::sent) undelivered_.push_back({frame.route, frame.tokens, sent});
    frame.bytes.clear();
    frame.tokens.clear();
}

std::vector<Undelivered> Outgoing::flush()
{
    for (std::size_t i = 0; i < used_; ++i) send(frames_[i]);
    used_ = 0;
    by_route_.clear();
    if (frames_.size() > kept_frames) frames_.resize(kept_frames);
    return std::exchange(undelivered_, {});
}

}  // namespace gonghui::hub
