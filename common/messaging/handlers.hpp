#pragma once
// A service's table of handlers, wired by hand in its app/: which function answers which message. The host looks
// messages up by type, decodes them and calls; a handler sees typed structs only.
//
//     Handlers<Store> handlers(store);
//     handlers.command<Enroll>([&](const Enroll& command, Unit<Store>& unit) { return enroll(command, unit); });
//     handlers.command<ImportRoster, Rows>(prepare, import);        // what needs no table is done on a reader's thread
//     handlers.query<ClassStatus>([](const ClassStatus& query, const Context& context, Store& reader) { ... });
//     handlers.own<SeatTaken>();                              // evolve(Store&, const SeatTaken&) replays it
//     handlers.follow<registration::MemberLeft>(on_member_left);   // evolve, then react
//     handlers.read_model("registration", {"members"});        // what the followed events write, and nothing else
//     handlers.timer("offer_lapses", [](const Timer& timer, Unit<Store>& unit) { ... });

#include "common/messaging/service.hpp"
#include "common/messaging/unit.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gonghui::messaging {

// Commands, own events, followed events and timers run on the writer's thread. Queries run on a reader thread with a
// Store over a read-only connection, made by Store(sqlite::Database&).
template <class Store>
class Handlers final : public Service {
public:
    explicit Handlers(Store& store) : store_(store) {}

    template <class Command>
    void command(std::function<Reply(const Command&, Unit<Store>&)> handle)
    {
        commands_[Command::type] = [this, handle = std::move(handle)](const Request& request, const Prepared&,
                                                                      const Context& context, Recorder& recorder) {
            const auto command = decoded<Command>(request);
            if (!command) return command.error();
            Unit<Store> unit(store_, context, recorder);
            return handle(*command, unit);
        };
    }

    // For a command that costs much before it needs a table: reading, checking, sealing its fields. `prepare` runs on a
    // reader's thread and must be thread-safe; what it made may go unused (a repeat, a refusal), and `handle` may get
    // it twice (a batch that runs again).
    template <class Command, class Preparation>
    void command(std::function<Preparation(Command&&, const Context&)> prepare,
                 std::function<Reply(const Preparation&, Unit<Store>&)> handle)
    {
        using Outcome = tl::expected<Preparation, Reply>;  // a command that cannot be decoded is prepared as its reply
        preparations_[Command::type] = [prepare = std::move(prepare)](const Request& request, const Context& context) {
            return Prepared(std::make_shared<Outcome>(decoded<Command>(request).map(
                [&](Command&& command) { return prepare(std::move(command), context); })));
        };
        commands_[Command::type] = [this, handle = std::move(handle)](const Request&, const Prepared& prepared,
                                                                      const Context& context, Recorder& recorder) {
            const auto& outcome = *std::static_pointer_cast<const Outcome>(prepared);
            if (!outcome) return outcome.error();
            Unit<Store> unit(store_, context, recorder);
            return handle(*outcome, unit);
        };
    }

    template <class Query>
    void query(std::function<Reply(const Query&, const Context&, Store& reader)> answer)
    {
        query(Query::type,
              [answer = std::move(answer)](const Request& request, const Context& context, sqlite::Database& reader) {
                  const auto query = decoded<Query>(request);
                  if (!query) return query.error();
                  Store store(reader);
                  return answer(*query, context, store);
              });
    }

    // One that is not typed. `type` outlives this table.
    void query(std::string_view type,
               std::function<Reply(const Request&, const Context&, sqlite::Database& reader)> answer)
    {
        queries_[type] = std::move(answer);
    }

    template <class Event>
    void own()
    {
        own_[Event::dataschema] = [this](const codec::Value& data) {
            evolve(store_, decoded<Event>(data));
        };
    }

    // Every alternative of a service's generated `Event` variant.
    template <class Variant>
    void own_all()
    {
        own_alternatives(static_cast<Variant*>(nullptr));
    }

    // A read model without a reaction.
    template <class Event>
    void follow()
    {
        follow<Event>([](const Event&, Unit<Store>&) {});
    }

    template <class Event>
    void follow(std::function<void(const Event&, Unit<Store>&)> react)
    {
        services_.insert(service_of(Event::dataschema));
        followed_[Event::dataschema] = [this, react = std::move(react)](const codec::Value& data,
                                                                        const Context& context, Recorder* recorder) {
            const auto event = decoded<Event>(data);
            evolve(store_, event);
            if (!recorder) return;  // a rebuild: the past, without reactions
            Unit<Store> unit(store_, context, *recorder);
            react(event, unit);
        };
    }

    // The tables that the followed events of `service` alone write. They are emptied and built again from its log when
    // it turns out to have another history than the one that was followed.
    void read_model(std::string service, std::vector<std::string> tables)
    {
        read_models_[std::move(service)] = std::move(tables);
    }

    void timer(std::string kind, std::function<void(const Timer&, Unit<Store>&)> fire)
    {
        timers_[std::move(kind)] = [this, fire = std::move(fire)](const Timer& timer, const Context& context,
                                                                  Recorder& recorder) {
            Unit<Store> unit(store_, context, recorder);
            fire(timer, unit);
        };
    }

    // --- Service ---
    [[nodiscard]] const std::set<std::string, std::less<>>& follows() const override { return services_; }

    [[nodiscard]] Form form_of(std::string_view type) const override
    {
        if (commands_.contains(type)) return Form::command;
        if (queries_.contains(type)) return Form::query;
        return Form::unknown;
    }

    [[nodiscard]] bool prepares(std::string_view type) const override { return preparations_.contains(type); }

    [[nodiscard]] Prepared prepare(const Request& request, const Context& context) const override
    {
        return preparations_.find(request.type)->second(request, context);
    }

    Reply command(const Request& request, const Prepared& prepared, const Context& context, Recorder& recorder) override
    {
        return commands_.find(request.type)->second(request, prepared, context, recorder);
    }

    Reply query(const Request& request, const Context& context, sqlite::Database& reader) const override
    {
        return queries_.find(request.type)->second(request, context, reader);
    }

    Known apply(const Event& event, const codec::Value& data, const Context& context, Recorder* recorder) override
    {
        return dispatch(followed_, event, [&](const auto& handle) { handle(data, context, recorder); });
    }

    [[nodiscard]] const std::vector<std::string>* read_model(std::string_view service) const override
    {
        const auto found = read_models_.find(service);
        return found == read_models_.end() ? nullptr : &found->second;
    }

    Known replay(const Event& event, const codec::Value& data) override
    {
        return dispatch(own_, event, [&](const auto& handle) { handle(data); });
    }

    void fire(const Timer& timer, const Context& context, Recorder& recorder) override
    {
        if (const auto found = timers_.find(timer.kind); found != timers_.end())
            found->second(timer, context, recorder);
        else
            throw std::logic_error("no handler for timer " + timer.kind);
    }

private:
    template <class Message>
    static tl::expected<Message, Reply> decoded(const Request& request)
    {
        Message message;
        codec::Errors errors;
        decode(request.data, message, errors);
        if (!errors.empty()) return tl::make_unexpected(Reply::invalid("invalid_fields", errors.list()));
        return message;
    }

    // An event that breaks its schema is the sender's bug; it is parked, not guessed at.
    template <class Event>
    static Event decoded(const codec::Value& data)
    {
        Event event;
        codec::Errors errors;
        decode(data, event, errors);
        if (!errors.empty())
            throw UndecodableEvent(std::string(Event::dataschema) + ": field " + errors.list().front().path + ": " +
                                   std::string(errors.list().front().code));
        return event;
    }

    template <class... Events>
    void own_alternatives(std::variant<Events...>*)
    {
        (own<Events>(), ...);
    }

    template <class Table, class Function>
    static Known dispatch(const Table& table, const messaging::Event& event, Function function)
    {
        const auto found = table.find(event.header.dataschema);
        if (found != table.end()) {
            function(found->second);
            return Known::yes;
        }
        // The same type in a version that this program does not know yet, or a type that it does not follow?
        const auto stem = event.header.dataschema.substr(0, event.header.dataschema.rfind('.'));
        const auto other = table.lower_bound(stem);
        const bool other_version = other != table.end() && other->first.substr(0, other->first.rfind('.')) == stem;
        return other_version ? Known::other_version : Known::no;
    }

    static std::string service_of(std::string_view dataschema)
    {
        return std::string(dataschema.substr(0, dataschema.find('/')));
    }

    Store& store_;
    std::set<std::string, std::less<>> services_;
    std::map<std::string, std::vector<std::string>, std::less<>> read_models_;
    std::map<std::string_view, std::function<Prepared(const Request&, const Context&)>> preparations_;
    std::map<std::string_view, std::function<Reply(const Request&, const Prepared&, const Context&, Recorder&)>>
        commands_;
    std::map<std::string_view, std::function<Reply(const Request&, const Context&, sqlite::Database&)>> queries_;
    std::map<std::string_view, std::function<void(const codec::Value&)>> own_;
    std::map<std::string_view, std::function<void(const codec::Value&, const Context&, Recorder*)>> followed_;
    std::map<std::string, std::function<void(const Timer&, const Context&, Recorder&)>, std::less<>> timers_;
};

}  // namespace gonghui::messaging
