#pragma once
// A host as its tests drive it: on a real store and the toy service, with a transport, a clock and randomness that the
// test holds in its hand.

#include "common/messaging/forks.hpp"
#include "common/messaging/host.hpp"
#include "common/messaging/parked.hpp"
#include "common/messaging/replay.hpp"
#include "common/messaging/toy_service_fake.hpp"

#include <gtest/gtest.h>

namespace gonghui::messaging {

class Folder {
public:
    Folder() : path_(std::filesystem::temp_directory_path() / ("gonghui-host-" + to_string(make_random_uuid(random_))))
    {
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    SystemRandom random_;
    std::filesystem::path path_;
};

// One partition on a real store. `wire` adds handlers; the counter's are there already.
class Partition {
public:
    using Wire = std::function<void(Handlers<toy::Store>&)>;

    Partition(const std::filesystem::path& path, std::string service, const Wire& wire, int number = 0,
              int partitions = 1, TraceSettings traces = {})
        : database(path), reader((migrate(), path), {.access = sqlite::Access::read_only}), executor(reader)
    {
        wire(handlers);
        host.emplace(
            HostSettings{.source = {"331083", std::move(service), number}, .partitions = partitions, .traces = traces},
            HostPorts{.database = database,
                      .service = handlers,
                      .transport = transport,
                      .executor = executor,
                      .clock = clock,
                      .random = random,
                      .service_key = key,
                      .alarm = [this](std::string_view code, std::string_view) { alarms.emplace_back(code); },
                      .urgency =
                          [this](Urgency now) {
                              urgency = now;
                          }});
    }

    // Steps until nothing more happens by itself.
    void settle()
    {
        do {
            host->step();
        } while (!transport.arriving.empty());
        host->step();
    }

    Bytes ask(const OutgoingRequest& request, const std::string& caller = "edge")
    {
        const auto token = ++last_token;
        transport.arriving.push_back(InboundRequest{token, caller, encode_request(request)});
        settle();
        return transport.replies.at(token);
    }

    template <class Message>
    OutgoingRequest request(const Message& message)
    {
        codec::Writer out;
        encode(out, message);
        OutgoingRequest request;
        request.id = make_ordered_uuid(clock.now(), random);
        request.type = Message::type;
        request.data = out.take();
        return request;
    }

    // One of the bus's own, about the event `seq` of `source`.
    OutgoingRequest bus_request(std::string type, std::string_view source = {}, std::int64_t seq = 0)
    {
        codec::Writer data;
        data.map(3);
        data.text("source");
        data.text(source);
        data.text("seq");
        data.integer(seq);
        data.text("reason");
        data.text("known bad");
        OutgoingRequest request;
        request.id = make_ordered_uuid(clock.now(), random);
        request.type = std::move(type);
        request.data = data.take();
        return request;
    }

    [[nodiscard]] Outcome outcome(const Bytes& reply)
    {
        codec::Parser parser;
        return decode_reply(parser, reply)->outcome;
    }

    [[nodiscard]] std::string code(const Bytes& reply)
    {
        codec::Parser parser;
        return std::string(decode_reply(parser, reply)->code);
    }

    void migrate()
    {
        migrate_host_tables(database);
        sqlite::migrate(database, "toy", toy::Store::migrations());
    }

    sqlite::Database database;
    sqlite::Database reader;
    messaging::InlineExecutor executor;
    ManualClock clock{from_microseconds(1'767'225'600'000'000)};
    SeededRandom random{7};
    sealing::Key key = sealing::Key::make(random);
    toy::ScriptedTransport transport;
    toy::Store store{database};
    Handlers<toy::Store> handlers{store};
    std::optional<Host> host;
    std::vector<std::string> alarms;
    std::optional<Urgency> urgency;  // of the last turn
    ReplyToken last_token = 0;
};

inline void count(Handlers<toy::Store>& handlers)
{
    handlers.command<toy::Add>([](const toy::Add& add, Unit<toy::Store>& unit) {
        if (add.amount == 0) return Reply::refused({"nothing_to_add", {{"amount", 0}}});
        unit.record(toy::Added{add.name, add.amount});
        if (add.amount == 13) throw std::runtime_error("unlucky");
        if (add.amount == 99) unit.record(toy::Whispered{add.name});
        return Reply::accepted();
    });
    handlers.query<toy::Total>([](const toy::Total& query, const Context&, toy::Store& reader) {
        return Reply::accepted(toy::TotalReply{reader.total(query.name)});
    });
    handlers.own<toy::Added>();
    handlers.own<toy::Whispered>();
}

inline void mirror(Handlers<toy::Store>& handlers)
{
    handlers.follow<toy::Added>([](const toy::Added& event, Unit<toy::Store>& unit) {
        if (event.name == "poison") throw std::runtime_error("cannot mirror this");
        unit.record(toy::Mirrored{event.name});
    });
    handlers.read_model("counter", {"totals"});
    handlers.own<toy::Mirrored>();
}

struct HostTest : testing::Test {
    Folder folder;
};

// Carries what the source published, and its answers to pages, to the follower.
struct Pair {
    explicit Pair(Folder& folder)
        : source(folder / "counter.db", "counter", count), follower(folder / "mirror.db", "mirror", mirror)
    {
    }
    // Two partitions of one service: its catalogue, and one that reads it.
    Pair(Folder& folder, const Partition::Wire& wire)
        : source(folder / "counter-0.db", "counter", wire, 0, 2),
          follower(folder / "counter-1.db", "counter", wire, 1, 2)
    {
    }

    void deliver(std::size_t i)
    {
        const auto& [topic, bytes] = source.transport.published.at(i);
        follower.transport.arriving.push_back(InboundEvent{topic, bytes});
    }

    void answer_pages() { answer_from(source); }

    // As often as the follower asks.
    void answer_from(Partition& owner)
    {
        for (int turn = 0; turn < 16 && !follower.transport.requests.empty(); ++turn) {
            const auto request = std::move(follower.transport.requests.front());
            follower.transport.requests.pop_front();
            const auto token = ++owner.last_token;
            owner.transport.arriving.push_back(InboundRequest{token, "mirror", request});
            owner.settle();
            follower.transport.arriving.push_back(InboundReply{owner.transport.replies.at(token)});
            follower.settle();
        }
    }

    void hear_beacon_of(Partition& owner)
    {
        owner.clock.advance(beacon_interval);
        owner.settle();
        follower.transport.arriving.push_back(InboundEvent{"331083.counter._head", owner.transport.beacons.back()});
        follower.settle();
    }

    // Adds and delivers at once.
    void live(const std::string& name)
    {
        add(name, 1);
        deliver(source.transport.published.size() - 1);
        follower.settle();
    }

    [[nodiscard]] std::vector<Fork> forks_of_follower() { return forks(follower.database, 10); }

    void add(const std::string& name, std::int64_t amount) { source.ask(source.request(toy::Add{name, amount})); }

    Partition source;
    Partition follower;
};

}  // namespace gonghui::messaging
