#include "services/gateway/http/bus.hpp"

#include <boost/asio/post.hpp>

namespace gonghui::gateway {

namespace {

// Longer than any deadline that is set, so that the hub's own word comes first.
constexpr std::chrono::seconds patience{15};
constexpr std::size_t at_once = 1'000;

}  // namespace

Bus::Bus(boost::asio::io_context& io, const messaging::HubAddress& hub, const messaging::KeyPair& own,
         std::size_t most_in_flight)
    : io_(io),
      transport_(context_, hub, own),
      readable_(io, transport_.requests_descriptor()),
      most_in_flight_(most_in_flight)
{
    wait();
}

Bus::~Bus()
{
    readable_.release();  // it is libzmq's
}

Bus::Asked Bus::ask(const messaging::OutgoingRequest& request, BytesView ticket, Done done)
{
    if (pending_.size() >= most_in_flight_ || !transport_.has_room()) return Asked::full;
    const auto [found, is_new] =
        pending_.try_emplace(request.id, Pending{std::move(done), std::chrono::steady_clock::now() + patience});
    if (!is_new) return Asked::in_progress;
    transport_.request(encode_request(request), ticket);
    if (!is_scheduled_) {
        is_scheduled_ = true;
        boost::asio::post(io_, [this] { pump(); });
    }
    return Asked::sent;
}

// libzmq's descriptor tells of a change once: everything is taken in before it is waited for again.
void Bus::wait()
{
    readable_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this](const boost::system::error_code& error) {
                             if (error) return;
                             pump();
                             wait();
                         });
}

void Bus::pump()
{
    is_scheduled_ = false;
    do {
        arrived_.clear();
        transport_.receive(arrived_, at_once);
        for (const auto& inbound : arrived_)
            if (const auto* reply = std::get_if<messaging::InboundReply>(&inbound)) take(*reply);
    } while (!arrived_.empty());
}

void Bus::take(const messaging::InboundReply& inbound)
{
    const auto reply = messaging::decode_reply(parser_, inbound.bytes);
    if (!reply) return;
    const auto found = pending_.find(reply->id);
    if (found == pending_.end()) return;
    const auto done = std::move(found->second.done);
    pending_.erase(found);
    done({&*reply, inbound.ticket});
}

void Bus::tick()
{
    pump();
    const auto now = std::chrono::steady_clock::now();
    std::vector<Done> late;
    for (auto one = pending_.begin(); one != pending_.end();) {
        if (one->second.until > now) {
            ++one;
            continue;
        }
        late.push_back(std::move(one->second.done));
        one = pending_.erase(one);
    }
    for (const auto& done : late) done({});
}

}  // namespace gonghui::gateway
