#pragma once
// What the host needs of a service. Services do not write this by hand: Handlers does.

#include "common/messaging/envelope.hpp"
#include "common/messaging/request.hpp"
#include "common/messaging/timers.hpp"
#include "common/messaging/unit.hpp"

#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::messaging {

// The event breaks its own schema. Parks it.
class UndecodableEvent : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Thrown by a handler that cannot go on yet (a person's key is on its way): a command is answered `retry`, an event
// waits and is tried again. Undoes the message.
class NotReady : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

enum class Form : std::uint8_t { command, query, unknown };

// Whether an event's schema has a handler: an unknown type is skipped, another version is parked until an upgrade.
enum class Known : std::uint8_t { yes, no, other_version };

// What a service made of a command before its turn; only that service knows what it is.
using Prepared = std::shared_ptr<const void>;

class Service {
public:
    virtual ~Service() = default;

    // Its own name: the other partitions need what is in its catalogue.
    [[nodiscard]] virtual const std::set<std::string, std::less<>>& follows() const = 0;
    [[nodiscard]] virtual Form form_of(std::string_view request_type) const = 0;

    // Whether a command of this type is prepared before it is run.
    [[nodiscard]] virtual bool prepares(std::string_view request_type) const = 0;
    // On any thread; must touch no table, and nothing else that is not thread-safe. Requires prepares(request.type).
    [[nodiscard]] virtual Prepared prepare(const Request& request, const Context& context) const = 0;

    // Requires form_of(request.type) == Form::command (query). `prepared` is what `prepare` made of the request, null
    // when it is not prepared.
    virtual Reply command(const Request& request, const Prepared& prepared, const Context& context,
                          Recorder& recorder) = 0;
    // On a reader thread; must touch nothing but `reader`.
    virtual Reply query(const Request& request, const Context& context, sqlite::Database& reader) const = 0;

    // A followed event. `recorder` is null in a rebuild: evolve only, no reactions.
    virtual Known apply(const Event& event, const codec::Value& data, const Context& context, Recorder* recorder) = 0;
    // The tables that `apply` writes from this service's events, and from nothing else; null when they were not named,
    // and cannot be built again.
    [[nodiscard]] virtual const std::vector<std::string>* read_model(std::string_view service) const = 0;
    // An event of the own log, on replay.
    virtual Known replay(const Event& event, const codec::Value& data) = 0;

    virtual void fire(const Timer& timer, const Context& context, Recorder& recorder) = 0;
};

}  // namespace gonghui::messaging
