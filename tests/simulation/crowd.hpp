#pragma once
// The clients of a district as the bus sees them: requests under ids of their own, asked again under the same id until
// an answer stands - and now and then once more, to see it again. What they were told is the history that is checked.

#include "common/messaging/request.hpp"
#include "tests/simulation/world.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gonghui::simulation {

// Who the bus takes a client for.
enum class Caller : std::uint8_t { edge, ctl, notifications };
inline constexpr std::size_t callers = 3;
std::string_view name_of(Caller caller);

// A service's store was put back as it had been at `copied_at`.
struct Restored {
    std::string service;
    UtcTime copied_at, at;
};

struct Ask {
    Caller caller = Caller::edge;
    messaging::OutgoingRequest request;
    bool is_command = true;
    std::function<void(const messaging::ReceivedReply&)> then;

    // The history.
    int sent = 0;
    UtcTime asked_at{};
    UtcTime answered_at{};
    std::optional<Bytes> answer;  // the first that stood; for a query the last
    messaging::Outcome outcome = messaging::Outcome::retry;
    std::string code;
    std::optional<messaging::At> at;

    UtcTime again_at{};
    int repeats_left = 0;  // after the answer
};

class Crowd {
public:
    explicit Crowd(World& world);

    template <class Message>
    void ask(Caller caller, const Message& message, std::optional<Actor> actor,
             std::function<void(const messaging::ReceivedReply&)> then = {}, std::optional<messaging::At> after = {})
    {
        codec::Writer data;
        encode(data, message);
        messaging::OutgoingRequest request;
        request.type = Message::type;
        request.key = message.key();
        request.actor = std::move(actor);
        request.after = std::move(after);
        request.data = data.take();
        const bool command = is_command(Message::type);
        begin(caller, std::move(request), command, std::move(then));
    }

    // True when anything was done.
    bool step();
    [[nodiscard]] UtcTime next() const;

    // Requests without an answer that stands.
    [[nodiscard]] std::size_t open() const { return open_; }
    [[nodiscard]] std::size_t commands() const { return commands_; }
    [[nodiscard]] const std::map<Uuid, Ask>& history() const { return asks_; }
    // Nobody asks twice any more.
    void calm() { calm_ = true; }
    void service_was_restored(Restored restored) { restored_ = std::move(restored); }
    // What the service said of it may be gone, with what it did: it was asked before the store was put back, and not
    // answered before the copy was made.
    [[nodiscard]] bool may_be_undone(const Ask& ask) const;

private:
    static bool is_command(std::string_view type);
    void begin(Caller caller, messaging::OutgoingRequest request, bool is_command,
               std::function<void(const messaging::ReceivedReply&)> then);
    void send(Ask& ask);
    void speak_again(Ask& ask, UtcTime at);
    void take(Caller caller, BytesView bytes);
    void settle(Ask& ask, const messaging::ReceivedReply& reply, BytesView bytes);

    World& world_;
    std::array<std::unique_ptr<messaging::Transport>, callers> links_;
    std::map<Uuid, Ask> asks_;
    std::multimap<UtcTime, Uuid> waiting_;  // by when they speak again
    codec::Parser parser_;
    std::size_t commands_ = 0;
    std::size_t open_ = 0;
    bool calm_ = false;
    std::optional<Restored> restored_;
};

}  // namespace gonghui::simulation
