#pragma once
// A service of one's own at a district's bus: its tables and its handlers. Everything else is done by the house's own
// host: log, cursors, gaps, first answers, claims, epochs, rebuilds, backups, drain (common/messaging/PROTOCOL.md).
//
//     Service service("popular", {.tables = {"CREATE TABLE classes (class_id BLOB PRIMARY KEY, taken INTEGER)"},
//                                 .read_models = {{"training", {"classes"}}}});
//     service.evolve<training::ClassOpened>([](sqlite::Database& db, const training::ClassOpened& event) { ... });
//     service.command<Vote>(vote);       // Decided<Accepted<Vote>> vote(sqlite::Database&, const Request<Vote>&)
//     service.query<Classes>(classes);   // Decided<ClassesReply> classes(sqlite::Database&, const Request<Classes>&)
//     return service.run(argc, argv);
//
// Messages are the structs that `gonghui_schemas` generates from JSON Schemas; those of the house are installed
// (schemas/generated/<service>/codecs.hpp).
//
// Threads: evolve, react and command run on the writer's thread of a partition, one message after the other, each as
// one piece of one SQLite transaction; queries run on others beside it, each with a read-only connection that sees one
// committed state. So a handler keeps nothing outside `db`, which is its own only until it returns.
//
// Errors: a refusal is a value. What a handler throws undoes its message alone: a command is answered `fault`, a
// followed event is parked with those behind it of the same subject (gonghui parked list). A handler other than evolve
// that has written counts as one that has thrown.

#include "common/actor/actor.hpp"
#include "common/codec/fields.hpp"
#include "common/codec/writer.hpp"
#include "common/messaging/handlers.hpp"
#include "common/places/places.hpp"
#include "common/result/refusal.hpp"
#include "common/sqlite/database.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::sealing {
class Key;
}

namespace gonghui::sdk {

using Evolvers =
    std::map<std::string_view, std::vector<std::function<void(sqlite::Database&, const void* event)>>, std::less<>>;

// What the host's handlers take for a service's store: a connection, and who writes for which event.
struct Tables {
    explicit Tables(sqlite::Database& its_database, const Evolvers* its_evolvers = nullptr)
        : database(its_database), evolvers(its_evolvers)
    {
    }
    sqlite::Database& database;
    const Evolvers* evolvers;  // null for a query
};

using Handlers = messaging::Handlers<Tables>;
using Unit = messaging::Unit<Tables>;

template <class Event>
void evolve(Tables& tables, const Event& event)
{
    const auto found = tables.evolvers->find(Event::dataschema);
    if (found == tables.evolvers->end()) return;
    for (const auto& write : found->second) write(tables.database, &event);
}

// Throws std::logic_error that names `message` and each path in `errors`; does nothing when there is none.
void require_none(std::string_view message, const codec::Errors& errors);

// What others would refuse to read must not be said. Throws as require_none does.
template <class Message>
void require_fit(std::string_view name, const Message& message)
{
    codec::Writer out;
    encode(out, message);
    codec::Parser parser;
    Message read;
    codec::Errors errors;
    decode(parser.parse(out.view()).value(), read, errors);
    require_none(name, errors);
}

}  // namespace gonghui::sdk

namespace gonghui {

// What a handler of a request gets; valid while it runs.
template <class Message>
struct Request {
    const Message& data;
    const Actor& actor;  // on whose behalf; what they may do is the handler's to decide (`permits`)
    UtcTime now;         // the batch's: handlers never ask a clock
};

// An event of one's own that a handler has decided. Holds a copy.
class NewEvent {
public:
    template <class Event>
    requires requires { Event::dataschema; }
    NewEvent(Event event)  // NOLINT(google-explicit-constructor): a list of events is a list of messages
        : record_([event = std::move(event)](sdk::Unit& unit) {
              sdk::require_fit(Event::dataschema, event);
              unit.record(event);
          })
    {
    }

    void record(sdk::Unit& unit) const { record_(unit); }  // for Service

private:
    std::function<void(sdk::Unit&)> record_;
};

// A command that is carried out: events in their order, and the reply.
template <class Command>
struct Accepted {
    std::vector<NewEvent> events{};
    typename Command::Reply reply{};
};

struct ServiceSettings {
    // SQL scripts, run once each, in order: a later version of the program appends `ALTER TABLE ...`. The host keeps
    // its own tables beside them (log, answers, cursors, parked, timers, forks, claims ...): give yours other names.
    std::vector<std::string> tables{};
    // By followed service, the tables that its events write and nothing else does. They are emptied and built again
    // when that service turns out to have another history (it was restored from a backup).
    std::map<std::string, std::vector<std::string>> read_models{};
    std::string version = "0";  // of the program, for `gonghui status`
};

// Set up by one thread, then run. Outlives everything that it calls.
class Service {
public:
    // `name` is the service's on the bus: "popular".
    explicit Service(std::string name, ServiceSettings settings = {});
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    // Writes what an event says, one's own or a followed one, and nothing else. Must come to the same when it is called
    // with the same events again, in the same order: a rebuild does. Several for one event run in the order given.
    template <class Event>
    void evolve(std::function<void(sqlite::Database& db, const Event& event)> handler)
    {
        evolvers_[Event::dataschema].push_back([handler = std::move(handler)](sqlite::Database& db, const void* event) {
            handler(db, *static_cast<const Event*>(event));
        });
        know<Event>();
    }

    // The events of one's own that a followed event leads to, after it was evolved. Not called again in a rebuild.
    template <class Event>
    void react(std::function<std::vector<NewEvent>(sqlite::Database& db, const Event& event)> handler)
    {
        require_followed(Event::dataschema);
        reactors_[Event::dataschema].push_back([handler = std::move(handler)](sqlite::Database& db, const void* event) {
            return handler(db, *static_cast<const Event*>(event));
        });
        know<Event>();
    }

    // Decides; one handler for each request, else std::logic_error. The same request under the same id gets the first
    // answer again, for 30 days.
    template <class Command>
    void command(
        std::function<Decided<Accepted<Command>>(sqlite::Database& db, const Request<Command>& request)> handler)
    {
        require_first(Command::type);
        wirings_.emplace_back([handler = std::move(handler)](sdk::Handlers& handlers) {
            handlers.command<Command>([handler](const Command& command, sdk::Unit& unit) {
                const auto decided = only_reading(Command::type, unit.store.database, [&] {
                    return handler(unit.store.database, {command, unit.context.actor, unit.context.now});
                });
                if (!decided) return messaging::Reply::refused(decided.error());
                for (const auto& event : decided->events) event.record(unit);
                return accepted(Command::type, decided->reply);
            });
        });
    }

    template <class Query>
    void query(
        std::function<Decided<typename Query::Reply>(sqlite::Database& db, const Request<Query>& request)> handler)
    {
        require_first(Query::type);
        wirings_.emplace_back([handler = std::move(handler)](sdk::Handlers& handlers) {
            handlers.query<Query>(
                [handler](const Query& query, const messaging::Context& context, sdk::Tables& reader) {
                    const auto reply = handler(reader.database, {query, context.actor, context.now});
                    return reply ? accepted(Query::type, *reply) : messaging::Reply::refused(reply.error());
                });
        });
    }

    // Follows registration for the tree of organisations and the roles held in it, in tables of its own, so that a
    // handler can ask `Places(db).standing(request.actor, place)`, and decide with `permits`. Who holds which role is
    // known about people: `held_about` has to tell it (`Places::roles_of`).
    void keeps_places();

    // Answers `held_about`, which `gonghui export` asks of everyone, with nothing. Only if it is true.
    void keeps_nothing_about_people();

    // 32 bytes that this service alone knows, the same at every start and after every restore, others for each purpose:
    // to sign with, or to make pseudonyms. Derived from its own key (keys/<service>.service), as the other SDKs do; in
    // no store and no log. For handlers, on any of their threads: throws std::logic_error before `run`.
    [[nodiscard]] std::array<std::byte, 32> secret(std::string_view purpose) const;

    // Serves until SIGTERM or SIGINT, and drains; the result is the program's exit code (0, 65 the store, 69 in use or
    // superseded, 78 the configuration). Arguments: the FOLDER of a district beside which it runs, or `--config FILE`
    // as `gonghui up` passes it. Logs JSON lines to stderr.
    int run(int argc, char** argv);

private:
    class Partition;

    // Whoever hears of an event for the first time has it decoded and handed to the evolvers and reactors of its
    // schema.
    template <class Event>
    void know()
    {
        if (!known_.insert(Event::dataschema).second) return;
        const bool is_own = service_of(Event::dataschema) == name_;
        wirings_.emplace_back([this, is_own](sdk::Handlers& handlers) {
            if (is_own)
                handlers.own<Event>();
            else
                handlers.follow<Event>(
                    [this](const Event& event, sdk::Unit& unit) { react_to(Event::dataschema, &event, unit); });
        });
    }

    template <class Message>
    static messaging::Reply accepted(std::string_view request, const Message& reply)
    {
        sdk::require_fit(request, reply);
        return messaging::Reply::accepted(reply);
    }

    // Throws when `decide` has changed a row.
    template <class Decide>
    static auto only_reading(std::string_view what, sqlite::Database& db, const Decide& decide)
    {
        const auto before = db.all_changes();
        auto decided = decide();
        if (db.all_changes() != before) has_written(what);
        return decided;
    }

    static std::string_view service_of(std::string_view dataschema)
    {
        return dataschema.substr(0, dataschema.find('/'));
    }
    [[noreturn]] static void has_written(std::string_view what);
    void require_first(std::string_view request);
    void require_followed(std::string_view dataschema) const;
    void react_to(std::string_view dataschema, const void* event, sdk::Unit& unit) const;
    void migrate(sqlite::Database& db) const;
    void learn(const sealing::Key& key);
    [[nodiscard]] std::vector<std::string> followed() const;

    using Reactor = std::function<std::vector<NewEvent>(sqlite::Database&, const void* event)>;

    std::string name_;
    ServiceSettings settings_;
    std::string held_about_;
    bool keeps_places_ = false;
    std::set<std::string_view> requests_;
    std::set<std::string_view> known_;  // schemas of events
    sdk::Evolvers evolvers_;
    std::map<std::string_view, std::vector<Reactor>, std::less<>> reactors_;
    std::vector<std::function<void(sdk::Handlers&)>> wirings_;
    std::once_flag key_known_;
    std::unique_ptr<const sealing::Key> key_;
};

}  // namespace gonghui
