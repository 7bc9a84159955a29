#include "tests/simulation/checker.hpp"

#include "common/messaging/event_log.hpp"
#include "common/messaging/replay.hpp"
#include "tests/simulation/seats.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace gonghui::simulation {

namespace {

using messaging::Outcome;

struct Record {
    std::int64_t seq = 0;
    Uuid id, cause;
    std::string type, subject;
    Bytes bytes;
    messaging::Chain chain{};
};

// A store at rest, with its log read once.
struct Store {
    explicit Store(Station& its_station)
        : station(its_station),
          database(station.machine().store_path,
                   {.access = sqlite::Access::read_only, .vfs = station.machine().vfs.name()}),
          source(std::string(district) + "/" + station.name() + "/0")
    {
    }
    Station& station;
    sqlite::Database database;
    std::string source;
    std::vector<Record> log;
};

class Examination {
public:
    Examination(World& world, const Crowd& crowd, const Published& published,
                std::vector<std::unique_ptr<Station>>& stations)
        : world_(world), crowd_(crowd), published_(published)
    {
        for (auto& station : stations) stores_.push_back(std::make_unique<Store>(*station));
    }

    void run()
    {
        for (auto& store : stores_) {
            check_file(*store);
            read_log(*store);
            check_published(*store);
            check_answers(*store);
        }
        for (auto& store : stores_) {
            check_followers(*store);
            check_order(*store);
            check_rebuild(*store);
        }
        check_effects();
        check_messages();
        check_keys();
        // Whose membership a restored registration has lost keeps the seat until a person decides.
        if (store("registration").station.vanished().empty())
            for (const auto& problem : check_seats(store("training").database)) world_.problem(problem);
        for (const auto& problem : check_evenings(store("matchmaking").database)) world_.problem(problem);
    }

private:
    Store& store(std::string_view name)
    {
        return **std::ranges::find_if(stores_, [&](const auto& one) { return one->station.name() == name; });
    }

    void problem(const Store& store, const std::string& what) { world_.problem(store.station.name() + ": " + what); }

    void check_file(Store& store)
    {
        const auto verdict = store.database.value<std::string>("PRAGMA quick_check").value_or("nothing");
        if (verdict != "ok") problem(store, "the file is broken: " + verdict);
    }

    // How many events of an epoch follow from a cause.
    using Causes = std::map<std::pair<std::int64_t, Uuid>, std::uint32_t>;

    void read_log(Store& store)
    {
        messaging::Chain chain{};
        Causes of_cause;
        std::int64_t sealed = 0;
        auto named = store.database.query("SELECT file, last_seq, chain FROM segments ORDER BY first_seq");
        while (named.next()) {
            sqlite::Database segment(named.get<std::string>(0),
                                     {.access = sqlite::Access::read_only, .vfs = store.database.vfs()});
            read_records(store, segment, sealed, chain, of_cause);
            world_.sometimes.saw(Rare::log_sealed);
            sealed = named.integer(1);
            if (static_cast<std::int64_t>(store.log.size()) != sealed || !std::ranges::equal(named.blob(2), chain))
                problem(store, "the segment until " + std::to_string(sealed) + " is not what the store says");
        }
        read_records(store, store.database, sealed, chain, of_cause);
    }

    void read_records(Store& store, sqlite::Database& file, std::int64_t after, messaging::Chain& chain,
                      Causes& of_cause)
    {
        auto rows = file.query("SELECT seq, chain, bytes FROM log WHERE seq > ?1 ORDER BY seq", after);
        while (rows.next()) {
            const auto bytes = rows.blob(2);
            const auto event = messaging::decode_event(parser_, bytes);
            if (!event) return problem(store, "a log record does not decode");
            const auto& header = event->header;
            chain = messaging::next_chain(chain, bytes);
            Record record{
                rows.integer(0), header.id, header.cause, std::string(header.type), std::string(header.subject),
                to_bytes(bytes), chain};
            const auto expected = static_cast<std::int64_t>(store.log.size()) + 1;
            if (record.seq != expected || header.seq != expected)
                problem(store, "record " + std::to_string(record.seq) + " stands where " + std::to_string(expected) +
                                   " should");
            if (!std::ranges::equal(rows.blob(1), chain))
                problem(store, "the chain breaks at record " + std::to_string(record.seq));
            if (record.id != derive_uuid(record.cause, of_cause[{header.epoch, record.cause}]++,
                                         store.source + '@' + std::to_string(header.epoch)))
                problem(store, record.type + " " + std::to_string(record.seq) +
                                   " has an id that does not follow from its cause: it took effect twice");
            origins_.emplace(record.id, Origin{&store, record.seq, record.subject, record.type});
            store.log.push_back(std::move(record));
        }
    }

    void check_published(Store& store)
    {
        const auto found = published_.events().find(store.source);
        if (found == published_.events().end()) return;
        for (const auto& [place, print] : found->second) {
            const auto [epoch, seq] = place;
            const auto kept =
                store.database.value<std::int64_t>("SELECT min(last_kept_seq) FROM epochs WHERE epoch > ?", epoch);
            if (kept && seq > *kept) continue;
            if (seq > static_cast<std::int64_t>(store.log.size()))
                return problem(store, "event " + std::to_string(seq) + " was published and is not in the log");
            if (fold(store.log[static_cast<std::size_t>(seq) - 1].bytes) != print)
                return problem(store, "event " + std::to_string(seq) + " was published with other bytes");
        }
    }

    // What a client was told is what the record says, byte for byte.
    void check_answers(Store& store)
    {
        const auto prefix = store.station.name() + ".";
        for (const auto& [id, ask] : crowd_.history()) {
            if (!ask.is_command || !ask.answer || !ask.request.type.starts_with(prefix)) continue;
            if (crowd_.may_be_undone(ask)) continue;
            const std::string caller(ask.caller == Caller::notifications ? "notifications" : name_of(ask.caller));
            const auto recorded =
                store.database.value<Bytes>("SELECT reply FROM answers WHERE caller = ?1 AND id = ?2", caller, id);
            if (!recorded)
                problem(store, ask.request.type + " " + to_string(id) + " was answered and is not recorded");
            else if (*recorded != *ask.answer)
                problem(store, ask.request.type + " " + to_string(id) + " was answered otherwise than it is recorded");
        }
    }

    // An accepted command has its events, a refused one none; one event for one seat.
    void check_effects()
    {
        static const std::set<std::string, std::less<>> always{"training.enroll",
                                                               "training.cancel",
                                                               "training.accept_offer",
                                                               "training.decline_offer",
                                                               "registration.leave",
                                                               "registration.submit_application",
                                                               "registration.approve_application",
                                                               "registration.transfer_member",
                                                               "matchmaking.sign_up",
                                                               "matchmaking.cancel_sign_up"};
        std::unordered_map<Uuid, int> effects;
        for (const auto& store : stores_)
            for (const auto& record : store->log) ++effects[record.cause];
        for (const auto& [id, ask] : crowd_.history()) {
            if (!ask.is_command || !ask.answer || crowd_.may_be_undone(ask)) continue;
            const auto found = effects.find(id);
            const auto count = found == effects.end() ? 0 : found->second;
            const auto what = ask.request.type + " " + to_string(id);
            if (ask.outcome == Outcome::accepted && count == 0 && always.contains(ask.request.type))
                world_.problem(what + " was accepted and had no effect");
            if (ask.outcome == Outcome::refused && count != 0) world_.problem(what + " was refused and had an effect");
            if (ask.request.type == "training.enroll" && count > 1) world_.problem(what + " had two effects");
        }
    }

    void check_followers(Store& store)
    {
        for (const auto& other : stores_) {
            if (!store_follows(store, *other) || other->log.empty()) continue;
            auto row = store.database.query("SELECT seq, chain FROM cursors WHERE source = ?1", other->source);
            const auto& head = other->log.back();
            if (!row.next() || row.integer(0) != head.seq)
                problem(store, "does not stand at the head of " + other->source);
            else if (!std::ranges::equal(row.blob(1), head.chain))
                problem(store, "stands at the head of another " + other->source);
        }
        if (const auto parked = store.database.value<int>("SELECT count(*) FROM parked").value_or(0))
            problem(store, std::to_string(parked) + " events are parked");
    }

    static bool store_follows(const Store& follower, const Store& followed)
    {
        const auto& name = follower.station.name();
        const auto& other = followed.station.name();
        if (name == other || name == "registration" || other == "notifications") return false;
        return name == "notifications" || other == "registration";
    }

    // The event was lost with a store that was put back.
    [[nodiscard]] bool has_vanished(const Uuid& event) const
    {
        return std::ranges::any_of(stores_, [&](const auto& one) { return one->station.vanished().contains(event); });
    }

    // Reactions to one subject's events come in the order of those events.
    void check_order(Store& store)
    {
        std::map<std::pair<const Store*, std::string>, std::int64_t> last;
        for (const auto& record : store.log) {
            const auto cause = origins_.find(record.cause);
            if (cause == origins_.end() || cause->second.store == &store || has_vanished(record.cause)) continue;
            auto& seq = last[{cause->second.store, cause->second.subject}];
            if (cause->second.seq < seq)
                problem(store, "reacted to event " + std::to_string(cause->second.seq) + " of " +
                                   cause->second.store->source + " after event " + std::to_string(seq));
            seq = std::max(seq, cause->second.seq);
        }
    }

    // Every change of a seat is told once, in a message whose id follows from it.
    void check_messages()
    {
        std::unordered_map<Uuid, int> told;
        for (const auto& record : store("notifications").log)
            if (record.type == "message_placed") ++told[record.cause];
        for (const auto& [cause, times] : told)
            if (times > 1) world_.problem("notifications: event " + to_string(cause) + " was told twice");
        for (const auto& record : store("training").log)
            if (changes_a_seat(record.type) && !told.contains(record.id))
                world_.problem("notifications: " + record.type + " " + std::to_string(record.seq) +
                               " was told to nobody");
    }

    [[nodiscard]] sealing::Keyring keyring_of(Store& store)
    {
        auto& machine = store.station.machine();
        return {machine.keyring_path, machine.service_key, world_.random, machine.vfs.name()};
    }

    // No event names a key that is nowhere, unless it was destroyed: then it is nowhere.
    void check_keys()
    {
        auto& registration = store("registration");
        auto keyring = keyring_of(registration);
        for (const auto& store : stores_) {
            auto its_keys = keyring_of(*store);
            for (const auto& person : keyring.erased())
                if (its_keys.find(person)) return problem(*store, "a destroyed key is still there");
        }
        for (const auto& person : keyring.erased())
            if (registration.database.value<int>("SELECT 1 FROM persons WHERE person_id = ?", person))
                return problem(registration, "somebody whose key is destroyed is known");
        auto rows = registration.database.query("SELECT person_id FROM persons");
        while (rows.next())
            if (!keyring.find(rows.get<Uuid>(0))) return problem(registration, "a person's key is lost");
    }

    void check_rebuild(Store& store)
    {
        auto& machine = store.station.machine();
        auto& rebuilt = empty_store(store.station.kind());
        const sqlite::Transaction undone_at_the_end(rebuilt);
        sealing::Keyring keyring(machine.keyring_path, machine.service_key, world_.random, machine.vfs.name());
        const auto assembled = store.station.kind().assemble(
            {rebuilt, keyring, machine.keyring_path, machine.vfs.name(), machine.service_key, world_.random});
        rebuilt.script("DELETE FROM timers");  // an opening sets some that no log tells of
        try {
            messaging::replay_log(store.database, assembled->service(), machine.service_key);
            for (const auto& other : stores_)
                if (store_follows(store, *other)) evolve_all(*other, assembled->service());
        } catch (const std::exception& error) {
            return problem(store, std::string("cannot be rebuilt: ") + error.what());
        }
        for (const auto& [table, rows] : own_tables(store.station.kind(), rebuilt))
            if (contents(rebuilt, rows) != contents(store.database, rows))
                problem(store, "table " + table + " is not what the logs say" +
                                   difference(contents(store.database, rows), contents(rebuilt, rows)));
    }

    static std::string difference(const std::vector<std::string>& there, const std::vector<std::string>& rebuilt)
    {
        std::vector<std::string> only;
        std::ranges::set_symmetric_difference(there, rebuilt, std::back_inserter(only));
        return ": " + std::to_string(only.size()) + " rows, as " + only.front() + " and " + only.back();
    }

    // One per kind for all runs of this process, because making its tables takes longer than filling them.
    static sqlite::Database& empty_store(const ServiceKind& kind)
    {
        static std::map<std::string_view, std::unique_ptr<sqlite::Database>> stores;
        auto& store = stores[kind.name];
        if (!store) {
            store = std::make_unique<sqlite::Database>(":memory:");
            messaging::migrate_host_tables(*store);
            kind.migrate(*store);
        }
        return *store;
    }

    void evolve_all(const Store& followed, messaging::Service& service)
    {
        for (const auto& record : followed.log) {
            const auto event = messaging::decode_event(parser_, record.bytes);
            if (event->is_private()) continue;
            const messaging::Context context{event->header.time, {}, event->header.id, {}, world_.random};
            service.apply(*event, event->data, context, nullptr);
        }
    }

    // What selects every row of a table as text, for every table but the host's; timers are evolve's.
    using Tables = std::map<std::string, std::string>;
    static const Tables& own_tables(const ServiceKind& kind, sqlite::Database& database)
    {
        static std::map<std::string_view, Tables> all;
        auto& tables = all[kind.name];
        if (!tables.empty()) return tables;
        auto columns = database.query(
            "SELECT t.name, group_concat('quote(' || c.name || ')', ' || '','' || ') FROM sqlite_schema AS t, "
            "pragma_table_info(t.name) AS c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT IN "
            "('log', 'segments', 'epochs', 'answers', 'cursors', 'parked', 'forks', 'claims', 'schema_versions') GROUP "
            "BY "
            "t.name");
        while (columns.next())
            tables.emplace(columns.text(0),
                           "SELECT " + columns.get<std::string>(1) + " FROM " + columns.get<std::string>(0));
        return tables;
    }

    static std::vector<std::string> contents(sqlite::Database& database, const std::string& rows_of_table)
    {
        std::vector<std::string> lines;
        auto rows = database.query(rows_of_table);
        while (rows.next()) lines.emplace_back(rows.text(0));
        std::ranges::sort(lines);
        return lines;
    }

    struct Origin {
        const Store* store = nullptr;
        std::int64_t seq = 0;
        std::string subject, type;
    };

    World& world_;
    const Crowd& crowd_;
    const Published& published_;
    std::vector<std::unique_ptr<Store>> stores_;
    std::unordered_map<Uuid, Origin> origins_;
    codec::Parser parser_;
};

}  // namespace

void Published::note(std::string_view topic, BytesView event, World& world)
{
    static thread_local codec::Parser parser;
    const auto decoded = messaging::decode_event(parser, event);
    if (!decoded) return world.problem("published what does not decode: " + std::string(topic));
    const auto print = fold(event);
    const auto [found, is_new] = events_[std::string(decoded->header.source)].emplace(
        Published::Place{decoded->header.epoch, decoded->header.seq}, print);
    if (!is_new && found->second != print)
        world.problem(std::string(topic) + " " + std::to_string(decoded->header.seq) +
                      " was published before as another");
}

void check(World& world, const Crowd& crowd, const Published& published,
           std::vector<std::unique_ptr<Station>>& stations)
{
    try {
        Examination(world, crowd, published, stations).run();
    } catch (const std::exception& error) {
        world.problem(std::string("the stores cannot be read: ") + error.what());
    }
}

}  // namespace gonghui::simulation
