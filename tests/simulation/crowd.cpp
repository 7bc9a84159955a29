#include "tests/simulation/crowd.hpp"

#include "schemas/generated/catalogue.hpp"

#include <algorithm>

namespace gonghui::simulation {

using messaging::InboundReply;
using messaging::Outcome;
using namespace std::chrono_literals;

namespace {

constexpr Duration patience = 2s;

}  // namespace

std::string_view name_of(Caller caller)
{
    switch (caller) {
        case Caller::edge:
            return "edge";
        case Caller::ctl:
            return "ctl";
        case Caller::notifications:
            return "mailer";
    }
    return {};
}

Crowd::Crowd(World& world) : world_(world)
{
    for (std::size_t i = 0; i < callers; ++i)
        links_[i] = world_.network.connect(std::string(name_of(static_cast<Caller>(i))), nullptr);
}

void Crowd::begin(Caller caller, messaging::OutgoingRequest request, bool is_command,
                  std::function<void(const messaging::ReceivedReply&)> then)
{
    request.id = make_ordered_uuid(world_.clock.now(), world_.random);
    const auto id = request.id;
    if (is_command) ++commands_;
    auto& ask = asks_[id];
    ask.caller = caller;
    ask.request = std::move(request);
    ask.is_command = is_command;
    ask.then = std::move(then);
    ask.asked_at = world_.clock.now();
    // The double tap.
    if (is_command && !calm_ && world_.dice.chance(150)) ask.repeats_left = 1;
    ++open_;
    send(ask);
    if (is_command && !calm_ && world_.dice.chance(30)) send(ask);
}

bool Crowd::may_be_undone(const Ask& ask) const
{
    return restored_ && ask.request.type.starts_with(restored_->service + ".") && ask.asked_at <= restored_->at &&
           (!ask.answer || ask.answered_at >= restored_->copied_at);
}

bool Crowd::is_command(std::string_view type)
{
    return schemas::find_request(type)->kind == schemas::Kind::command;
}

void Crowd::speak_again(Ask& ask, UtcTime at)
{
    ask.again_at = at;
    waiting_.emplace(at, ask.request.id);
}

void Crowd::send(Ask& ask)
{
    const auto now = world_.clock.now();
    ++ask.sent;
    speak_again(ask, now + patience);
    // Some callers say until when they wait: it may differ from one attempt to the next.
    ask.request.deadline = world_.dice.chance(300) ? std::optional(now + patience) : std::nullopt;
    const auto bytes = messaging::encode_request(ask.request);
    world_.trace.note(ask.sent == 1 ? "asks" : "asks again", ask.request.type, fold(bytes));
    links_[static_cast<std::size_t>(ask.caller)]->request(bytes);
}

bool Crowd::step()
{
    bool did = false;
    std::vector<messaging::Inbound> arrived;
    for (std::size_t i = 0; i < callers; ++i) {
        arrived.clear();
        links_[i]->receive(arrived, 10'000);
        for (const auto& message : arrived)
            if (const auto* reply = std::get_if<InboundReply>(&message)) {
                take(static_cast<Caller>(i), reply->bytes);
                did = true;
            }
    }
    while (!waiting_.empty() && waiting_.begin()->first <= world_.clock.now()) {
        const auto [when, id] = *waiting_.begin();
        waiting_.erase(waiting_.begin());
        auto& ask = asks_.at(id);
        if (when != ask.again_at) continue;  // it has changed its mind since
        did = true;
        if (ask.answer && ask.repeats_left-- == 0) continue;
        send(ask);
    }
    return did;
}

UtcTime Crowd::next() const
{
    return waiting_.empty() ? UtcTime::max() : waiting_.begin()->first;
}

void Crowd::take(Caller caller, BytesView bytes)
{
    const auto reply = messaging::decode_reply(parser_, bytes);
    if (!reply) return world_.problem("a reply that does not decode: " + reply.error());
    const auto found = asks_.find(reply->id);
    if (found == asks_.end() || found->second.caller != caller) return world_.problem("a reply to nobody's request");
    settle(found->second, *reply, bytes);
}

void Crowd::settle(Ask& ask, const messaging::ReceivedReply& reply, BytesView bytes)
{
    world_.trace.note(ask.request.type, "is answered", reply.code.empty() ? to_string(reply.outcome) : reply.code);
    if (reply.outcome == Outcome::retry || reply.outcome == Outcome::fault) {
        if (reply.code == "not_ready") world_.sometimes.saw(Rare::command_not_ready);
        if (reply.code == "not_level") world_.sometimes.saw(Rare::waited_for_level);
        if (ask.answer) return;
        return speak_again(ask, world_.clock.now() + std::max<Duration>(reply.retry_after, 50ms));
    }
    if (reply.outcome == Outcome::invalid)
        return world_.problem(ask.request.type + " is invalid: " + std::string(reply.code));
    if (ask.answer) {
        if (ask.is_command && !std::ranges::equal(*ask.answer, bytes) && !may_be_undone(ask))
            world_.problem(ask.request.type + " " + to_string(ask.request.id) + " got another answer: " + ask.code +
                           ", then " + std::string(reply.code));
        return;
    }
    ask.answer = to_bytes(bytes);
    ask.answered_at = world_.clock.now();
    ask.outcome = reply.outcome;
    ask.code = reply.code;
    ask.at = reply.at;
    --open_;
    speak_again(ask, world_.clock.now() + Duration(static_cast<std::int64_t>(world_.dice.below(3'000'000))));
    // A reply stands where its answerer stood: never before what it was asked to be level with.
    if (ask.request.after && ask.request.after->source == reply.at.source &&
        ask.request.after->epoch == reply.at.epoch && reply.at.seq < ask.request.after->seq)
        world_.problem(ask.request.type + " was answered from before what it asked for");
    if (ask.then) ask.then(reply);
}

}  // namespace gonghui::simulation
