#pragma once
// One message's unit of work: the store to read facts from, and the one way to change anything - record an event.

#include "common/actor/actor.hpp"
#include "common/codec/writer.hpp"
#include "common/ids/random.hpp"
#include "common/messaging/envelope.hpp"
#include "common/messaging/request.hpp"
#include "common/time/clock.hpp"

#include <concepts>
#include <functional>
#include <string_view>
#include <variant>
#include <vector>

namespace gonghui::messaging {

// What surrounds a message. Pure rules get what they need of it as parameters.
struct Context {
    UtcTime now;  // one reading per batch
    Actor actor;  // for a reaction or a timer: Role::service, with the own service's name
    Uuid cause;   // the request, the followed event or the timer
    std::string_view traceparent;
    Random& random;
};

// Appends to the own log. The host's; a service reaches it through Unit::record.
class Recorder {
public:
    virtual ~Recorder() = default;
    // `encoded_data` is one MessagePack map. Gives the event its id (from the cause and its place among the events of
    // this message), sequence number, chain value and, for a private event, its seal.
    virtual void append(std::string_view dataschema, std::string_view subject, bool is_private,
                        BytesView encoded_data) = 0;
    virtual codec::Writer& scratch() = 0;
    // Runs `effect` on the writer's thread when what was recorded is committed; never if it is undone. Not durable: a
    // process that dies in between has not run it, so the log must show what is still to be done. Must not throw.
    virtual void once_committed(std::function<void()> effect) = 0;
};

// `Store` is the service's own storage class; `evolve(Store&, const Event&)` is found beside the event or the store.
template <class Store>
class Unit {
public:
    Unit(Store& its_store, const Context& its_context, Recorder& recorder)
        : store(its_store), context(its_context), recorder_(recorder)
    {
    }

    Store& store;
    const Context& context;

    // Evolves the tables and appends to the log, and is undone with the message.
    template <class Event>
    requires requires { Event::dataschema; }
    void record(const Event& event)
    {
        auto& out = recorder_.scratch();
        out.clear();
        encode(out, event);
        recorder_.append(Event::dataschema, event.subject(), Event::is_private, out.view());
        evolve(store, event);
    }

    template <class... Events>
    void record(const std::variant<Events...>& event)
    {
        std::visit([this](const auto& one) { this->record(one); }, event);
    }

    template <class Event>
    void record(const std::vector<Event>& events)
    {
        for (const auto& event : events) record(event);
    }

    // What leaves the house: see Recorder.
    void once_committed(std::function<void()> effect) { recorder_.once_committed(std::move(effect)); }

private:
    Recorder& recorder_;
};

}  // namespace gonghui::messaging
