#include "common/messaging/client.hpp"

#include <algorithm>

namespace gonghui::messaging {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t at_once = 1'000;
constexpr milliseconds between_looks{50};
// Of requests that nobody repeats they would stay for ever; without theirs, the others stand in line anew.
constexpr std::size_t most_tickets = 100'000;

milliseconds until(steady_clock::time_point deadline)
{
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(deadline - steady_clock::now()));
}

}  // namespace

Client::Client(zeromq::Context& context, HubAddress hub, KeyPair own)
    : transport_(context, std::move(hub), std::move(own))
{
}

zeromq::Link Client::connect(milliseconds patience)
{
    const auto deadline = steady_clock::now() + patience;
    auto link = transport_.link();
    while (link == zeromq::Link::connecting && steady_clock::now() < deadline) {
        transport_.wait(std::min(until(deadline), between_looks));
        link = transport_.link();
    }
    return link;
}

bool Client::send(BytesView request)
{
    if (!transport_.has_room()) return false;
    const auto found = tickets_.empty() ? tickets_.end() : tickets_.find(id_of(request));
    transport_.request(request, found == tickets_.end() ? BytesView{} : BytesView(found->second));
    return true;
}

void Client::keep(InboundReply&& reply)
{
    if (tickets_.size() >= most_tickets) tickets_.clear();
    if (!reply.ticket.empty())
        tickets_[id_of(reply.bytes)] = std::move(reply.ticket);
    else if (!tickets_.empty())
        tickets_.erase(id_of(reply.bytes));
    replies_.push_back(std::move(reply.bytes));
}

void Client::take_in(steady_clock::time_point deadline)
{
    arrived_.clear();
    if (transport_.receive(arrived_, at_once) == 0) {
        transport_.wait(until(deadline));
        transport_.receive(arrived_, at_once);
    }
    for (auto& message : arrived_) {
        if (auto* reply = std::get_if<InboundReply>(&message)) keep(std::move(*reply));
        if (auto* event = std::get_if<InboundEvent>(&message)) events_.push_back(std::move(*event));
    }
}

std::optional<Bytes> Client::next_reply(milliseconds patience)
{
    const auto deadline = steady_clock::now() + patience;
    do {
        if (!replies_.empty()) {
            auto reply = std::move(replies_.front());
            replies_.pop_front();
            return reply;
        }
        take_in(deadline);
    } while (!replies_.empty() || steady_clock::now() < deadline);
    return std::nullopt;
}

std::optional<InboundEvent> Client::next_event(milliseconds patience)
{
    const auto deadline = steady_clock::now() + patience;
    do {
        if (!events_.empty()) {
            auto event = std::move(events_.front());
            events_.pop_front();
            return event;
        }
        take_in(deadline);
    } while (!events_.empty() || steady_clock::now() < deadline);
    return std::nullopt;
}

std::optional<Bytes> Client::take_reply_to(const Uuid& id)
{
    const auto found = std::find_if(replies_.begin(), replies_.end(), [&](const Bytes& bytes) {
        const auto reply = decode_reply(parser_, bytes);
        return reply && reply->id == id;
    });
    if (found == replies_.end()) return std::nullopt;
    auto reply = std::move(*found);
    replies_.erase(found);
    return reply;
}

std::optional<Bytes> Client::call(const OutgoingRequest& request, milliseconds patience)
{
    const auto deadline = steady_clock::now() + patience;
    const auto encoded = encode_request(request);
    bool sent = send(encoded);
    do {
        take_in(deadline);
        sent = sent || send(encoded);
        if (auto reply = take_reply_to(request.id)) return reply;
    } while (steady_clock::now() < deadline);
    return std::nullopt;
}

void Client::follow(std::string_view topic_prefix)
{
    transport_.follow(topic_prefix);
}

}  // namespace gonghui::messaging
