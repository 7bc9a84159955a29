#include "common/messaging/host.hpp"

#include "common/messaging/forks.hpp"
#include "common/messaging/parked.hpp"
#include "common/messaging/replay.hpp"
#include "common/messaging/toy_service_fake.hpp"

#include <gmock/gmock.h>

namespace gonghui::messaging {
namespace {

using toy::Add;
using toy::Added;

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

    Partition(const std::filesystem::path& path, std::string service, const Wire& wire)
        : database(path), reader((migrate(), path), {.access = sqlite::Access::read_only}), executor(reader)
    {
        wire(handlers);
        host.emplace(HostSettings{.source = {"331083", std::move(service), 0}},
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

void count(Handlers<toy::Store>& handlers)
{
    handlers.command<Add>([](const Add& add, Unit<toy::Store>& unit) {
        if (add.amount == 0) return Reply::refused({"nothing_to_add", {{"amount", 0}}});
        unit.record(Added{add.name, add.amount});
        if (add.amount == 13) throw std::runtime_error("unlucky");
        if (add.amount == 99) unit.record(toy::Whispered{add.name});
        return Reply::accepted();
    });
    handlers.query<toy::Total>([](const toy::Total& query, const Context&, toy::Store& reader) {
        return Reply::accepted(toy::TotalReply{reader.total(query.name)});
    });
    handlers.own<Added>();
    handlers.own<toy::Whispered>();
}

void mirror(Handlers<toy::Store>& handlers)
{
    handlers.follow<Added>([](const Added& event, Unit<toy::Store>& unit) {
        if (event.name == "poison") throw std::runtime_error("cannot mirror this");
        unit.record(toy::Mirrored{event.name});
    });
    handlers.read_model("counter", {"totals"});
    handlers.own<toy::Mirrored>();
}

struct HostTest : testing::Test {
    Folder folder;
};

TEST_F(HostTest, RecordsAnAcceptedCommandAndPublishesItAfterTheCommit)
{
    Partition counter(folder / "counter.db", "counter", count);
    const auto reply = counter.ask(counter.request(Add{"a", 2}));
    EXPECT_EQ(counter.outcome(reply), Outcome::accepted);
    EXPECT_EQ(counter.host->head().seq, 1);
    EXPECT_EQ(counter.store.total("a"), 2);
    ASSERT_EQ(counter.transport.published.size(), 1U);
    EXPECT_EQ(counter.transport.published[0].first, "331083.counter.added");
    EXPECT_EQ(read_log(counter.database, 0, 1 << 20).at(0).bytes, counter.transport.published[0].second);
}

TEST_F(HostTest, GivesARepeatedCommandItsFirstAnswerByteForByte)
{
    Partition counter(folder / "counter.db", "counter", count);
    const auto request = counter.request(Add{"a", 2});
    const auto first = counter.ask(request);
    counter.ask(counter.request(Add{"b", 1}));
    EXPECT_EQ(counter.ask(request), first);
    EXPECT_EQ(counter.store.total("a"), 2);

    auto other = request;
    other.data = counter.request(Add{"a", 3}).data;
    EXPECT_EQ(counter.code(counter.ask(other)), "id_reused");
}

TEST_F(HostTest, GivesARepeatedRefusalItsFirstAnswerToo)
{
    Partition counter(folder / "counter.db", "counter", count);
    const auto request = counter.request(Add{"a", 0});
    const auto first = counter.ask(request);
    EXPECT_EQ(counter.outcome(first), Outcome::refused);
    counter.ask(counter.request(Add{"b", 1}));
    EXPECT_EQ(counter.ask(request), first);
}

TEST_F(HostTest, UndoesAFailedCommandAndNothingElseOfItsBatch)
{
    Partition counter(folder / "counter.db", "counter", count);
    for (const auto amount : {1, 13, 2})
        counter.transport.arriving.push_back(
            InboundRequest{static_cast<ReplyToken>(amount), "edge", encode_request(counter.request(Add{"a", amount}))});
    counter.settle();
    EXPECT_EQ(counter.outcome(counter.transport.replies.at(1)), Outcome::accepted);
    EXPECT_EQ(counter.outcome(counter.transport.replies.at(13)), Outcome::fault);
    EXPECT_EQ(counter.outcome(counter.transport.replies.at(2)), Outcome::accepted);
    EXPECT_EQ(counter.store.total("a"), 3);
    EXPECT_EQ(counter.host->head().seq, 2);
    EXPECT_THAT(counter.alarms, testing::ElementsAre("command_failed"));
}

TEST_F(HostTest, RunsABatchAgainOnlyWhenAMessageFailedAfterItHadWritten)
{
    Partition counter(folder / "counter.db", "counter", count);
    const auto again = [&] {
        return counter.host->counters().batches_again;
    };
    counter.ask(counter.request(Add{"a", 1}));
    counter.ask(counter.request(Add{"a", 0}));  // refused before anything was written
    EXPECT_EQ(again(), 0);
    counter.ask(counter.request(Add{"a", 13}));
    EXPECT_EQ(again(), 1);
    counter.ask(counter.request(Add{"a", 13}));  // the next batches are careful from the start
    EXPECT_EQ(again(), 1);
    for (int i = 0; i < 64; ++i) counter.ask(counter.request(Add{"a", 1}));
    counter.ask(counter.request(Add{"a", 13}));
    EXPECT_EQ(again(), 2);
    EXPECT_EQ(counter.store.total("a"), 65);
    EXPECT_EQ(counter.host->head().seq, 65);
    EXPECT_EQ(counter.host->counters().accepted, 65);
    EXPECT_EQ(counter.host->counters().faults, 3);
}

TEST_F(HostTest, RunsTheEffectsOfWhatIsCommittedAlone)
{
    std::vector<std::int64_t> effects;
    Partition counter(folder / "counter.db", "counter", [&](Handlers<toy::Store>& handlers) {
        handlers.command<Add>([&](const Add& add, Unit<toy::Store>& unit) {
            unit.record(Added{add.name, add.amount});
            unit.once_committed([&effects, amount = add.amount] { effects.push_back(amount); });
            if (add.amount == 13) throw std::runtime_error("unlucky");
            return Reply::accepted();
        });
        handlers.own<Added>();
    });
    const auto ask_at_once = [&](std::initializer_list<int> amounts) {
        for (const auto amount : amounts)
            counter.transport.arriving.push_back(InboundRequest{static_cast<ReplyToken>(amount), "edge",
                                                                encode_request(counter.request(Add{"a", amount}))});
        counter.settle();
    };
    ask_at_once({1, 13, 2});  // the batch runs again
    EXPECT_THAT(effects, testing::ElementsAre(1, 2));
    ask_at_once({13, 3});  // this one has savepoints from the start
    EXPECT_THAT(effects, testing::ElementsAre(1, 2, 3));
    EXPECT_EQ(counter.host->counters().batches_again, 1);
}

// --- commands that are prepared ---

struct Doubled {
    std::string name;
    std::int64_t amount = 0;
};

// Prepares an addition by doubling it, and counts how often it did.
struct PreparingCounter {
    int prepared = 0;
    int handled = 0;

    void wire(Handlers<toy::Store>& handlers)
    {
        handlers.command<Add, Doubled>(
            [this](Add&& add, const Context&) {
                ++prepared;
                if (add.amount == 7) throw std::runtime_error("cannot double this");
                return Doubled{std::move(add.name), 2 * add.amount};
            },
            [this](const Doubled& doubled, Unit<toy::Store>& unit) {
                ++handled;
                unit.record(Added{doubled.name, doubled.amount});
                if (doubled.amount == 26) throw std::runtime_error("unlucky");
                return Reply::accepted();
            });
        handlers.own<Added>();
    }
};

struct PreparingTest : HostTest {
    PreparingCounter preparing;
    Partition counter{folder / "counter.db", "counter", [this](auto& handlers) {
                          preparing.wire(handlers);
                      }};

    void arrive(ReplyToken token, const OutgoingRequest& request)
    {
        counter.transport.arriving.push_back(InboundRequest{token, "edge", encode_request(request)});
    }
};

TEST_F(PreparingTest, PreparesACommandBeforeItsTurn)
{
    arrive(1, counter.request(Add{"a", 2}));
    counter.host->step();
    EXPECT_EQ(preparing.prepared, 1);
    EXPECT_EQ(preparing.handled, 0);
    EXPECT_TRUE(counter.transport.replies.empty());
    counter.host->step();
    EXPECT_EQ(counter.outcome(counter.transport.replies.at(1)), Outcome::accepted);
    EXPECT_EQ(counter.store.total("a"), 4);
}

TEST_F(PreparingTest, AppliesOnceWhatArrivedTwiceBeforeItsTurn)
{
    const auto request = counter.request(Add{"a", 2});
    arrive(1, request);
    arrive(2, request);
    counter.settle();
    EXPECT_EQ(preparing.handled, 1);
    EXPECT_EQ(counter.transport.replies.at(1), counter.transport.replies.at(2));
    arrive(3, request);
    counter.settle();
    EXPECT_EQ(counter.transport.replies.at(3), counter.transport.replies.at(1));
    EXPECT_EQ(preparing.prepared, 2) << "what is answered already is not prepared";
    EXPECT_EQ(counter.store.total("a"), 4);
}

TEST_F(PreparingTest, NamesTheBadFieldOfACommand)
{
    auto request = counter.request(Add{"a", 2});
    codec::Writer data;
    data.map(0);
    request.data = data.take();
    const auto reply = counter.ask(request);
    EXPECT_EQ(counter.outcome(reply), Outcome::invalid);
    EXPECT_EQ(counter.code(reply), "invalid_fields");
    EXPECT_EQ(preparing.prepared, 0);
}

TEST_F(PreparingTest, AnswersAFaultWhenThePreparationFails)
{
    EXPECT_EQ(counter.outcome(counter.ask(counter.request(Add{"a", 7}))), Outcome::fault);
    EXPECT_EQ(counter.host->counters().faults, 1);
    EXPECT_EQ(counter.host->head().seq, 0);
}

TEST_F(PreparingTest, HandlesAPreparationAgainWhenItsBatchRunsAgain)
{
    arrive(1, counter.request(Add{"a", 1}));
    arrive(2, counter.request(Add{"a", 13}));
    counter.settle();
    EXPECT_EQ(counter.host->counters().batches_again, 1);
    EXPECT_EQ(preparing.prepared, 2);
    EXPECT_EQ(preparing.handled, 4);
    EXPECT_EQ(counter.outcome(counter.transport.replies.at(1)), Outcome::accepted);
    EXPECT_EQ(counter.outcome(counter.transport.replies.at(2)), Outcome::fault);
    EXPECT_EQ(counter.store.total("a"), 2);
}

TEST_F(PreparingTest, AnswersWhatItHasPreparedBeforeItLetsGo)
{
    arrive(1, counter.request(Add{"a", 2}));
    counter.host->step();
    arrive(2, counter.request(Add{"b", 2}));
    while (!counter.host->drain()) {
    }
    EXPECT_EQ(counter.outcome(counter.transport.replies.at(1)), Outcome::accepted);
    EXPECT_EQ(counter.code(counter.transport.replies.at(2)), "draining");
}

TEST_F(PreparingTest, AnswersRetryWhenTooMuchIsBeingPrepared)
{
    counter.executor.is_full = true;
    EXPECT_EQ(counter.code(counter.ask(counter.request(Add{"a", 2}))), "busy");
    EXPECT_EQ(counter.host->counters().retried, 1);
    counter.executor.is_full = false;
    EXPECT_EQ(counter.outcome(counter.ask(counter.request(Add{"a", 2}))), Outcome::accepted);
}

// --- publishing ---

struct BurstTest : HostTest {
    static constexpr std::size_t burst = 300;  // events of one batch; so many do not go out at once
    Partition counter{folder / "counter.db", "counter", count};

    BurstTest() { counter.settle(); }  // its first beacon is sent

    void arrive(std::size_t commands)
    {
        for (std::size_t i = 0; i < commands; ++i)
            counter.transport.arriving.push_back(
                InboundRequest{++counter.last_token, "edge", encode_request(counter.request(Add{"a", 1}))});
    }
};

TEST_F(BurstTest, GoesOutInOrderWhileTheNextBatchIsHandled)
{
    arrive(burst);
    counter.host->step();
    EXPECT_EQ(counter.transport.replies.size(), burst) << "answers do not wait";
    EXPECT_TRUE(counter.transport.published.empty());
    arrive(1);
    counter.host->step();
    ASSERT_EQ(counter.transport.published.size(), burst + 1);
    const auto log = read_log(counter.database, 0, 1 << 20);
    for (std::size_t i = 0; i <= burst; ++i) EXPECT_EQ(log.at(i).bytes, counter.transport.published[i].second) << i;
}

TEST_F(BurstTest, GoesOutAtOnceWhenNothingFollows)
{
    arrive(burst);
    counter.host->step();
    EXPECT_LE(counter.host->wake_at(), counter.clock.now());
    counter.host->step();
    EXPECT_EQ(counter.transport.published.size(), burst);
}

TEST_F(BurstTest, GoesOutBeforeTheHeadItLedTo)
{
    counter.clock.advance(beacon_interval);
    arrive(burst);
    const auto beacons = counter.transport.beacons.size();
    counter.host->step();
    EXPECT_EQ(counter.transport.beacons.size(), beacons + 1);
    EXPECT_EQ(counter.transport.published.size(), burst);
}

TEST_F(HostTest, RefusesAnIdThatIsNotAUuidV7OrTooOldForItsRecord)
{
    Partition counter(folder / "counter.db", "counter", count);
    auto request = counter.request(Add{"a", 1});
    request.id = make_random_uuid(counter.random);
    EXPECT_EQ(counter.code(counter.ask(request)), "id_not_uuid_v7");
    request.id = make_ordered_uuid(counter.clock.now() - std::chrono::days(31), counter.random);
    EXPECT_EQ(counter.code(counter.ask(request)), "id_too_old");
    EXPECT_EQ(counter.host->head().seq, 0);
}

TEST_F(HostTest, ForgetsAnswersOfWhichTheIdsAreRefusedByNow)
{
    std::optional<Partition> counter(std::in_place, folder / "counter.db", "counter", count);
    const auto first = counter->request(Add{"a", 1});
    counter->ask(first);
    counter->clock.advance(std::chrono::days(20));
    counter->ask(counter->request(Add{"a", 1}));
    counter->clock.advance(std::chrono::days(18));
    counter->settle();
    EXPECT_EQ(counter->database.value<int>("SELECT count(*) FROM answers"), 1) << "the later one stays";
    EXPECT_EQ(counter->code(counter->ask(first)), "id_too_old");

    counter.reset();
    counter.emplace(folder / "counter.db", "counter", count);  // its clock begins where the first began: that was ahead
    EXPECT_EQ(counter->code(counter->ask(first)), "id_too_old") << "its record is gone: it must not run again";
    EXPECT_EQ(counter->store.total("a"), 2);
}

TEST_F(HostTest, ForgetsManyAnswersBitByBit)
{
    Partition counter(folder / "counter.db", "counter", count);
    constexpr int many = 2'500;
    for (int i = 0; i < many; ++i) {
        const auto id = make_ordered_uuid(counter.clock.now(), counter.random);
        counter.database.run("INSERT INTO answers (caller, id, fingerprint, reply) VALUES (?1, ?2, ?3, ?3)",
                             i % 2 == 0 ? "edge" : "portal", id, BytesView{});
    }
    counter.clock.advance(std::chrono::days(38));
    std::vector<int> left;
    for (int step = 0; step < 3; ++step) {
        counter.host->step();
        left.push_back(counter.database.value<int>("SELECT count(*) FROM answers").value());
        counter.clock.advance(std::chrono::seconds(1));
    }
    EXPECT_EQ(left, (std::vector<int>{500, 0, 0}));
}

TEST_F(HostTest, NamesTheMissingFieldOfARequest)
{
    Partition counter(folder / "counter.db", "counter", count);
    auto request = counter.request(Add{"a", 1});
    codec::Writer data;
    data.map(1);
    data.text("name");
    data.text("a");
    request.data = data.take();
    const auto bytes = counter.ask(request);
    codec::Parser parser;
    const auto reply = decode_reply(parser, bytes);
    EXPECT_EQ(reply->outcome, Outcome::invalid);
    EXPECT_EQ(reply->errors.element(0).find("path")->text(), "amount");
    EXPECT_EQ(reply->errors.element(0).find("code")->text(), "missing");
}

TEST_F(HostTest, AnswersAnUndecodableRequest)
{
    Partition counter(folder / "counter.db", "counter", count);
    counter.transport.arriving.push_back(InboundRequest{5, "edge", to_bytes(as_bytes("\xc1junk"))});
    counter.settle();
    EXPECT_EQ(counter.outcome(counter.transport.replies.at(5)), Outcome::invalid);
}

TEST_F(HostTest, SealsPrivateEvents)
{
    Partition counter(folder / "counter.db", "counter", count);
    counter.ask(counter.request(Add{"a", 99}));
    codec::Parser parser;
    const auto record = read_log(counter.database, 1, 1 << 20).at(0).bytes;
    const auto event = decode_event(parser, record);
    EXPECT_TRUE(event->is_private());
    EXPECT_EQ(event->header.type, "whispered");
}

TEST_F(HostTest, ReplaysItsLogIntoTheSameTables)
{
    Partition counter(folder / "counter.db", "counter", count);
    for (const auto amount : {5, 99, 7}) counter.ask(counter.request(Add{"a", amount}));
    Partition again(folder / "again.db", "counter", count);
    EXPECT_EQ(replay_log(counter.database, again.handlers, counter.key), 4);
    EXPECT_EQ(again.store.total("a"), counter.store.total("a"));
    EXPECT_THROW(replay_log(counter.database, again.handlers, sealing::Key{}), std::runtime_error);
}

TEST_F(HostTest, RaisesItsClaimAtEveryOpenAndGoesOnWhereItStood)
{
    {
        Partition(folder / "counter.db", "counter", count).ask([&] {
            Partition once(folder / "other.db", "counter", count);
            return once.request(Add{"a", 1});
        }());
    }
    Partition again(folder / "counter.db", "counter", count);
    EXPECT_EQ(again.host->head().seq, 1);
    EXPECT_EQ(again.database.value<int>("SELECT number FROM claims"), 2);
}

TEST_F(HostTest, NoticesAFlippedBitAtTheEndOfItsLog)
{
    {
        Partition counter(folder / "counter.db", "counter", count);
        counter.ask(counter.request(Add{"a", 1}));
        counter.ask(counter.request(Add{"a", 1}));
        counter.database.run("UPDATE log SET bytes = CAST(replace(bytes, 'added', 'addee') AS BLOB) WHERE seq = 1");
    }
    EXPECT_THROW(Partition(folder / "counter.db", "counter", count), BrokenChain);
}

// --- following ---

// Carries what the source published, and its answers to pages, to the follower.
struct Pair {
    explicit Pair(Folder& folder)
        : source(folder / "counter.db", "counter", count), follower(folder / "mirror.db", "mirror", mirror)
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

    void add(const std::string& name, std::int64_t amount) { source.ask(source.request(Add{name, amount})); }

    Partition source;
    Partition follower;
};

TEST_F(HostTest, AppliesWhatItFollowsOnceAndInOrder)
{
    Pair pair(folder);
    for (int i = 0; i < 5; ++i) pair.add("a", 1);
    pair.follower.settle();
    pair.follower.transport.requests.clear();  // the bootstrap page is lost
    for (const std::size_t i : {0U, 1U, 1U, 0U, 2U}) pair.deliver(i);
    pair.follower.settle();
    EXPECT_EQ(pair.follower.store.total("a"), 3);
    EXPECT_EQ(pair.follower.host->head().seq, 3);  // one reaction each
    EXPECT_EQ(pair.follower.host->counters().duplicates, 2);
    EXPECT_EQ(pair.follower.host->counters().applied_live, 3);
}

TEST_F(HostTest, FollowsInTheBackgroundUntilSomebodyWaits)
{
    Pair pair(folder);
    auto& follower = pair.follower;
    follower.settle();
    EXPECT_EQ(follower.urgency, Urgency::somebody_waits) << "who sleeps shall wake up at once";
    for (int i = 0; i < 2; ++i) pair.add("a", 1);
    pair.deliver(0);
    follower.host->step();
    EXPECT_EQ(follower.urgency, Urgency::background);
    pair.deliver(1);
    follower.transport.arriving.push_back(
        InboundRequest{++follower.last_token, "edge", encode_request(follower.bus_request("_status"))});
    follower.host->step();
    EXPECT_EQ(follower.urgency, Urgency::somebody_waits);
}

TEST_F(HostTest, RepairsAGapFromTheLogAndKeepsWhatCameMeanwhile)
{
    Pair pair(folder);
    pair.follower.settle();
    pair.answer_pages();
    for (int i = 0; i < 6; ++i) pair.add("a", 1);
    for (const std::size_t i : {0U, 3U, 4U}) pair.deliver(i);
    pair.follower.settle();
    EXPECT_EQ(pair.follower.store.total("a"), 1);
    EXPECT_FALSE(pair.follower.host->level());
    pair.answer_pages();
    EXPECT_EQ(pair.follower.store.total("a"), 6);
    EXPECT_TRUE(pair.follower.host->level());
    EXPECT_EQ(pair.follower.host->counters().applied_from_pages, 5);
}

TEST_F(HostTest, LearnsOfALostTailFromTheBeacon)
{
    Pair pair(folder);
    pair.follower.settle();
    pair.answer_pages();
    pair.add("a", 4);  // its hint is lost
    EXPECT_TRUE(pair.follower.host->level());
    pair.source.clock.advance(beacon_interval);
    pair.source.settle();
    pair.follower.transport.arriving.push_back(
        InboundEvent{"331083.counter._head", pair.source.transport.beacons.back()});
    pair.follower.settle();
    pair.answer_pages();
    EXPECT_EQ(pair.follower.store.total("a"), 4);
}

TEST_F(HostTest, ParksWhatItCannotApplyAndHoldsItsLaneOnly)
{
    Pair pair(folder);
    pair.follower.settle();
    pair.answer_pages();
    for (const auto* name : {"poison", "a", "poison", "b"}) pair.add(name, 1);
    for (std::size_t i = 0; i < 4; ++i) pair.deliver(i);
    pair.follower.settle();
    EXPECT_EQ(pair.follower.store.total("a"), 1);
    EXPECT_EQ(pair.follower.store.total("b"), 1);
    EXPECT_EQ(pair.follower.store.total("poison"), 0);
    const auto parked = Parked(pair.follower.database).list(10);
    ASSERT_EQ(parked.size(), 2U);
    EXPECT_EQ(parked[0].reason, "failed");
    EXPECT_EQ(parked[1].reason, "behind");
    EXPECT_TRUE(pair.follower.host->level());
}

// The batch has applied one event and parked another when it comes upon the one that fails after it has written.
TEST_F(HostTest, AppliesParksAndAlarmsOnceInABatchThatRunsAgain)
{
    Pair pair(folder);
    pair.follower.settle();
    pair.answer_pages();
    for (const auto* name : {"a", "x", "x", "poison", "b"}) pair.add(name, 1);
    for (std::size_t i = 0; i < 5; ++i) pair.deliver(i);
    auto& later = std::get<InboundEvent>(pair.follower.transport.arriving.at(1)).bytes;
    const auto version = as_text(later).find("added.v1") + std::string_view("added.v").size();
    later.at(version) = std::byte{'9'};
    pair.follower.settle();

    EXPECT_EQ(pair.follower.host->counters().batches_again, 1);
    EXPECT_EQ(pair.follower.host->counters().applied_live, 5);
    EXPECT_EQ(pair.follower.database.value<int>("SELECT seq FROM cursors"), 5);
    EXPECT_EQ(pair.follower.store.total("a"), 1);
    EXPECT_EQ(pair.follower.store.total("b"), 1);
    EXPECT_EQ(pair.follower.host->head().seq, 2);
    std::vector<std::string> reasons;
    for (const auto& parked : Parked(pair.follower.database).list(10)) reasons.push_back(parked.reason);
    EXPECT_THAT(reasons, testing::ElementsAre("version", "behind", "failed"));
    EXPECT_THAT(pair.follower.alarms, testing::ElementsAre("event_parked", "event_parked"));
}

TEST_F(HostTest, DropsAParkedEventWithARecordOfIt)
{
    Pair pair(folder);
    pair.follower.settle();
    pair.answer_pages();
    pair.add("poison", 1);
    pair.deliver(0);
    pair.follower.settle();
    const auto drop = [&](std::string_view reason) {
        codec::Writer data;
        data.map(3);
        data.text("source");
        data.text("331083/counter/0");
        data.text("seq");
        data.integer(1);
        data.text("reason");
        data.text(reason);
        OutgoingRequest request;
        request.id = make_ordered_uuid(pair.follower.clock.now(), pair.follower.random);
        request.type = "mirror._parked_drop";
        request.data = data.take();
        return pair.follower.outcome(pair.follower.ask(request, "ctl"));
    };
    EXPECT_EQ(drop(" "), Outcome::invalid);
    EXPECT_EQ(Parked(pair.follower.database).list(10).size(), 1U);
    EXPECT_EQ(drop("known bad"), Outcome::accepted);
    EXPECT_TRUE(Parked(pair.follower.database).list(10).empty());
    EXPECT_EQ(pair.follower.transport.published.back().first, "331083.mirror._parked_dropped");
}

TEST_F(HostTest, ListsWhatIsParkedAndSettlesItsLaneWhenAnOperatorSaysSo)
{
    Partition source(folder / "counter.db", "counter", count);
    bool is_mended = false;
    Partition follower(folder / "mirror.db", "mirror", [&](Handlers<toy::Store>& handlers) {
        handlers.follow<Added>([&](const Added&, Unit<toy::Store>&) {
            if (!is_mended) throw std::runtime_error("cannot mirror this");
        });
    });
    follower.settle();
    for (const auto amount : {2, 3}) source.ask(source.request(Add{"a", amount}));
    for (const auto& [topic, event] : source.transport.published)
        follower.transport.arriving.push_back(InboundEvent{topic, event});
    follower.settle();

    codec::Parser parser;
    const auto list = follower.ask(follower.bus_request("mirror._parked_list"), "ctl");
    const auto events = decode_reply(parser, list)->data.find("events").value();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events.element(0).find("source")->text(), "331083/counter/0");
    EXPECT_EQ(events.element(0).find("seq")->integer(), 1);
    EXPECT_EQ(events.element(0).find("lane")->text(), "a");
    EXPECT_EQ(events.element(0).find("reason")->text(), "failed");
    EXPECT_EQ(events.element(0).find("detail")->text(), "cannot mirror this");
    EXPECT_EQ(events.element(1).find("reason")->text(), "behind");

    const auto retry = [&](std::int64_t seq) {
        return follower.ask(follower.bus_request("mirror._parked_retry", "331083/counter/0", seq), "ctl");
    };
    const auto settled = [&](const Bytes& reply) {
        return decode_reply(parser, reply)->data.find("settled")->integer();
    };
    EXPECT_EQ(settled(retry(1)), 0) << "it fails as it did";
    EXPECT_EQ(Parked(follower.database).count(), 2);
    is_mended = true;
    EXPECT_EQ(settled(retry(1)), 2) << "and what waited behind it";
    EXPECT_EQ(follower.store.total("a"), 5);
    EXPECT_EQ(follower.code(retry(1)), "not_parked");
    EXPECT_EQ(follower.code(follower.ask(follower.bus_request("mirror._parked_drop", "331083/counter/0", 1), "ctl")),
              "not_parked");
}

TEST_F(HostTest, TellsOfWhatItFollowsAndOfNoBackupWhereNoneIsKept)
{
    Pair pair(folder);
    pair.follower.settle();
    pair.answer_pages();
    for (const auto* name : {"a", "poison"}) pair.live(name);
    codec::Parser parser;
    const auto reply = pair.follower.ask(pair.follower.bus_request("mirror._status"), "ctl");
    const auto status = decode_reply(parser, reply)->data;
    EXPECT_EQ(status.find("source")->text(), "331083/mirror/0");
    EXPECT_EQ(status.find("parked")->integer(), 1);
    EXPECT_EQ(status.find("counters")->find("applied_live")->integer(), 2);
    const auto followed = status.find("follows")->element(0);
    EXPECT_EQ(followed.find("source")->text(), "331083/counter/0");
    EXPECT_EQ(followed.find("cursor")->integer(), 2);
    EXPECT_EQ(followed.find("head")->integer(), 2);
    EXPECT_EQ(followed.find("diverged")->boolean(), false);
    EXPECT_EQ(followed.find("rebuilding")->boolean(), false);
    EXPECT_FALSE(status.find("backup"));
    EXPECT_EQ(pair.follower.code(pair.follower.ask(pair.follower.bus_request("mirror._backup"), "ctl")), "not_kept");
}

TEST_F(HostTest, NoticesASourceThatLostItsEnd)
{
    Pair pair(folder);
    pair.follower.settle();
    pair.answer_pages();
    for (int i = 0; i < 3; ++i) pair.add("a", 1);
    for (std::size_t i = 0; i < 3; ++i) pair.deliver(i);
    pair.follower.settle();
    // The store file is put back by hand: an empty log under the same name.
    Partition restored(folder / "restored.db", "counter", count);
    restored.settle();
    pair.follower.transport.arriving.push_back(InboundEvent{"331083.counter._head", restored.transport.beacons.back()});
    pair.follower.settle();
    ASSERT_EQ(pair.follower.transport.requests.size(), 1U);
    const auto token = ++restored.last_token;
    restored.transport.arriving.push_back(InboundRequest{token, "mirror", pair.follower.transport.requests.front()});
    restored.settle();
    pair.follower.transport.arriving.push_back(InboundReply{restored.transport.replies.at(token)});
    pair.follower.settle();
    EXPECT_THAT(pair.follower.alarms, testing::ElementsAre("source_diverged"));
    EXPECT_FALSE(pair.follower.host->level());
}

// A copy of the source after three events, which the follower has; two more came since.
struct ForkTest : HostTest {
    enum class PutBack { by_restore, by_hand };

    explicit ForkTest()
    {
        pair.follower.settle();
        pair.answer_pages();
        for (const auto* name : {"a", "b", "a"}) pair.live(name);
        pair.source.database.script("VACUUM INTO '" + (folder / "copy.db").string() + "'");
    }

    Partition& put_back(PutBack how)
    {
        if (how == PutBack::by_restore) {
            sqlite::Database file(folder / "copy.db");
            EventLog(file).begin_epoch(2, 3);
        }
        copy.emplace(folder / "copy.db", "counter", count);
        copy->clock.advance(std::chrono::milliseconds(2));  // or its requests would have the ids of the first ones
        return *copy;
    }

    void add_to_copy(const std::string& name) { copy->ask(copy->request(Add{name, 1})); }

    [[nodiscard]] std::vector<std::int64_t> totals() const
    {
        const auto& store = pair.follower.store;
        return {store.total("a"), store.total("b"), store.total("new")};
    }

    Pair pair{folder};
    std::optional<Partition> copy;
};

TEST_F(ForkTest, AFollowerAtTheForkGoesOn)
{
    pair.add("a", 1);  // nobody heard of it before the source was lost
    put_back(PutBack::by_restore);
    add_to_copy("new");
    const auto& [topic, event] = copy->transport.published.back();
    pair.follower.transport.arriving.push_back(InboundEvent{topic, event});
    pair.follower.settle();
    EXPECT_EQ(pair.follower.store.total("new"), 0) << "another epoch: a page must say whether it fits";
    pair.answer_from(*copy);
    EXPECT_EQ(totals(), (std::vector<std::int64_t>{2, 1, 1}));
    EXPECT_TRUE(pair.follower.host->level());
    EXPECT_TRUE(pair.forks_of_follower().empty());
}

TEST_F(ForkTest, AFollowerBeyondTheForkBuildsAgainAndReactsToWhatIsNewAlone)
{
    pair.live("a");
    pair.live("gone");
    put_back(PutBack::by_restore);
    add_to_copy("new");
    pair.hear_beacon_of(*copy);
    pair.answer_from(*copy);
    EXPECT_EQ(totals(), (std::vector<std::int64_t>{2, 1, 1}));
    EXPECT_EQ(pair.follower.store.total("gone"), 0);
    EXPECT_TRUE(pair.follower.host->level());
    EXPECT_EQ(pair.follower.host->head().seq, 6) << "five reactions before, one to what is new";
    EXPECT_EQ(copy->host->head().epoch, 2);

    const auto found = pair.forks_of_follower();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].kept, 3);
    EXPECT_EQ(found[0].was_at, 5);
    const auto vanished = reactions_to_vanished(pair.follower.database, found[0], 10);
    ASSERT_EQ(vanished.size(), 2U);
    EXPECT_EQ(vanished[0].seq, 4);
    EXPECT_EQ(vanished[1].seq, 5);

    codec::Parser parser;
    const auto reply = pair.follower.ask(pair.follower.bus_request("mirror._forks_list"), "ctl");
    const auto listed = decode_reply(parser, reply)->data.find("forks")->element(0);
    EXPECT_EQ(listed.find("source")->text(), "331083/counter/0");
    EXPECT_EQ(listed.find("epoch")->integer(), 2);
    EXPECT_EQ(listed.find("kept")->integer(), 3);
    EXPECT_EQ(listed.find("was_at")->integer(), 5);
    EXPECT_EQ(listed.find("reactions")->size(), 2U);
}

TEST_F(ForkTest, AnOwnerThatWasPutBackByHandBeginsAnEpochWhenItLearnsOfIt)
{
    pair.live("a");
    pair.live("gone");
    put_back(PutBack::by_hand);
    for (int i = 0; i < 4; ++i) add_to_copy("new");  // already beyond the follower
    pair.hear_beacon_of(*copy);
    pair.answer_from(*copy);
    EXPECT_EQ(copy->host->head().epoch, 2);
    EXPECT_THAT(copy->alarms, testing::ElementsAre("epoch_began"));
    EXPECT_EQ(totals(), (std::vector<std::int64_t>{2, 1, 4}));
    EXPECT_EQ(pair.follower.host->head().seq, 9) << "five reactions before, four to what is new";
    pair.hear_beacon_of(*copy);
    EXPECT_TRUE(pair.follower.host->level());
    EXPECT_TRUE(pair.follower.transport.requests.empty()) << "nothing is left to ask";
}

TEST_F(ForkTest, WhileItBuildsAgainItAnswersRetryAndARestartGoesOn)
{
    pair.live("gone");
    put_back(PutBack::by_restore);
    add_to_copy("new");
    pair.hear_beacon_of(*copy);
    for (int answers = 0; answers < 2; ++answers) {  // the page that does not fit, and the place of the fork
        auto request = std::move(pair.follower.transport.requests.front());
        pair.follower.transport.requests.pop_front();
        const auto token = ++copy->last_token;
        copy->transport.arriving.push_back(InboundRequest{token, "mirror", std::move(request)});
        copy->settle();
        pair.follower.transport.arriving.push_back(InboundReply{copy->transport.replies.at(token)});
        pair.follower.settle();
    }
    EXPECT_EQ(pair.follower.code(pair.follower.ask(pair.follower.request(Add{"a", 1}))), "rebuilding");

    Partition again(folder / "mirror.db", "mirror", mirror);
    EXPECT_EQ(again.code(again.ask(again.request(Add{"a", 1}))), "rebuilding");
    EXPECT_EQ(again.store.total("a"), 0);
}

TEST_F(ForkTest, WhatIsParkedStaysParkedAndWhatVanishedIsForgotten)
{
    pair.live("poison");
    pair.source.database.script("VACUUM INTO '" + (folder / "later.db").string() + "'");
    pair.live("poison");
    {
        sqlite::Database later(folder / "later.db");
        EventLog(later).begin_epoch(2, 4);
    }
    Partition restored(folder / "later.db", "counter", count);
    pair.hear_beacon_of(restored);
    pair.answer_from(restored);
    const auto parked = Parked(pair.follower.database).list(10);
    ASSERT_EQ(parked.size(), 1U);
    EXPECT_EQ(parked[0].seq, 4);
    EXPECT_EQ(totals(), (std::vector<std::int64_t>{2, 1, 0}));
}

TEST_F(HostTest, StopsAtADamagedRecordAndDoesNotOpenAgain)
{
    {
        Partition counter(folder / "counter.db", "counter", count);
        for (int i = 0; i < 3; ++i) counter.ask(counter.request(Add{"a", 1}));
        counter.database.run("UPDATE log SET bytes = CAST(replace(bytes, 'added', 'addee') AS BLOB) WHERE seq = 2");
        try {
            counter.clock.advance(std::chrono::hours(24));
            for (int i = 0; i < 3; ++i) counter.settle();
            FAIL() << "a damaged log was served";
        } catch (const BrokenChain& broken) {
            EXPECT_EQ(broken.seq, 2);
            EXPECT_THAT(broken.what(), testing::HasSubstr("331083/counter/0"));
        }
        EXPECT_THAT(counter.alarms, testing::ElementsAre("clock_jumped", "log_damaged"));
        counter.database.run("UPDATE log SET bytes = CAST(replace(bytes, 'addee', 'added') AS BLOB) WHERE seq = 2");
    }
    EXPECT_THROW(Partition(folder / "counter.db", "counter", count), BrokenChain);
}

TEST_F(HostTest, DoesNotMistakeAPageThatEventsHaveOvertakenForALostEnd)
{
    Pair pair(folder);
    pair.follower.settle();  // the bootstrap page is asked for
    pair.add("a", 1);
    const auto token = ++pair.source.last_token;
    pair.source.transport.arriving.push_back(InboundRequest{token, "mirror", pair.follower.transport.requests.front()});
    pair.source.settle();
    pair.add("a", 1);
    pair.add("a", 1);
    for (std::size_t i = 0; i < 3; ++i) pair.deliver(i);
    pair.follower.settle();
    pair.follower.transport.arriving.push_back(InboundReply{pair.source.transport.replies.at(token)});
    pair.follower.settle();
    EXPECT_TRUE(pair.follower.alarms.empty());
    EXPECT_TRUE(pair.follower.host->level());
}

TEST_F(HostTest, IgnoresAnEventWhoseSourceContradictsItsTopic)
{
    Pair pair(folder);
    pair.add("a", 1);
    pair.follower.transport.arriving.push_back(
        InboundEvent{"331083.training.added", pair.source.transport.published.at(0).second});
    pair.follower.settle();
    EXPECT_EQ(pair.follower.store.total("a"), 0);
    EXPECT_THAT(pair.follower.alarms, testing::ElementsAre("foreign_event"));
}

TEST_F(HostTest, AnswersAQueryAndAPageFromTheReader)
{
    Partition counter(folder / "counter.db", "counter", count);
    counter.ask(counter.request(Add{"a", 41}));
    const auto bytes = counter.ask(counter.request(toy::Total{"a"}));
    codec::Parser parser;
    EXPECT_EQ(decode_reply(parser, bytes)->data.find("total")->integer(), 41);
}

TEST_F(HostTest, AnswersPagesAndFreshQueriesAfterAPageThatFailed)
{
    Partition counter(folder / "counter.db", "counter", count);
    const auto page = [&] {
        OutgoingRequest request;
        request.id = make_ordered_uuid(counter.clock.now(), counter.random);
        request.type = "counter._log_read";
        codec::Writer data;
        data.map(0);
        request.data = data.take();
        return counter.outcome(counter.ask(request));
    };
    counter.ask(counter.request(Add{"apples", 2}));
    counter.database.script("ALTER TABLE log RENAME TO out_of_reach");
    EXPECT_EQ(page(), Outcome::fault);
    counter.database.script("ALTER TABLE out_of_reach RENAME TO log");

    EXPECT_EQ(page(), Outcome::accepted);
    counter.ask(counter.request(Add{"apples", 3}));
    codec::Parser parser;
    const auto total = counter.ask(counter.request(toy::Total{"apples"}));
    EXPECT_EQ(decode_reply(parser, total)->data.find("total")->integer(), 5);
}

TEST_F(HostTest, HoldsARequestUntilItIsLevelWithWhatTheCallerSaw)
{
    Pair pair(folder);
    pair.follower.settle();
    pair.answer_pages();
    pair.add("a", 1);
    auto request = pair.follower.request(toy::Total{"a"});
    request.type = "mirror.nothing";
    request.after = At{"331083/counter/0", 1, 1};
    pair.follower.transport.arriving.push_back(InboundRequest{77, "edge", encode_request(request)});
    pair.follower.settle();
    EXPECT_FALSE(pair.follower.transport.replies.contains(77));
    pair.deliver(0);
    pair.follower.settle();
    EXPECT_EQ(pair.follower.code(pair.follower.transport.replies.at(77)), "unknown_type");

    request.after = At{"331083/counter/0", 1, 500};
    pair.follower.transport.arriving.push_back(InboundRequest{78, "edge", encode_request(request)});
    pair.follower.settle();
    pair.follower.clock.advance(std::chrono::seconds(2));
    pair.follower.settle();
    EXPECT_EQ(pair.follower.outcome(pair.follower.transport.replies.at(78)), Outcome::retry);
}

TEST_F(HostTest, WillNotWaitForASourceThatItDoesNotFollow)
{
    Pair pair(folder);
    pair.follower.settle();
    auto request = pair.follower.request(toy::Total{"a"});
    request.type = "mirror.nothing";
    for (const auto* source : {"331083/bakery/0", "331003/counter/0", "counter"}) {
        request.after = At{source, 1, 1};
        const auto bytes = pair.follower.ask(request);
        codec::Parser parser;
        const auto reply = decode_reply(parser, bytes);
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->outcome, Outcome::invalid) << source;
        EXPECT_EQ(reply->code, "invalid_request");
        EXPECT_EQ(reply->errors.element(0).find("path")->text(), "after.source");
        EXPECT_EQ(reply->errors.element(0).find("code")->text(), "not_followed");
    }
    // Another partition of a followed service may only be late.
    request.after = At{"331083/counter/1", 1, 1};
    pair.follower.transport.arriving.push_back(InboundRequest{79, "edge", encode_request(request)});
    pair.follower.settle();
    EXPECT_FALSE(pair.follower.transport.replies.contains(79));
}

TEST_F(HostTest, NamesARequestThatIsNestedTooDeep)
{
    Partition counter(folder / "counter.db", "counter", count);
    auto request = counter.request(Add{"a", 1});
    constexpr int too_deep = 40;
    codec::Writer nested;
    for (int i = 0; i < too_deep; ++i) {
        nested.map(1);
        nested.text("in");
    }
    nested.map(0);
    request.data = nested.take();
    const auto bytes = counter.ask(request);
    codec::Parser parser;
    const auto reply = decode_reply(parser, bytes);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->code, "invalid_request");
    EXPECT_EQ(reply->id, request.id);
}

TEST_F(HostTest, FiresATimerThatWasDueWhileItWasDown)
{
    const auto with_timer = [](Handlers<toy::Store>& handlers) {
        count(handlers);
        handlers.timer("tick", [](const Timer&, Unit<toy::Store>& unit) { unit.record(Added{"ticks", 1}); });
    };
    {
        Partition counter(folder / "counter.db", "counter", with_timer);
        Timers(counter.database).set("tick", Uuid{}, counter.clock.now() + std::chrono::hours(1));
        counter.settle();
        EXPECT_EQ(counter.store.total("ticks"), 0);
    }
    Partition later(folder / "counter.db", "counter", with_timer);
    later.clock.advance(std::chrono::hours(2));
    later.settle();
    later.settle();
    EXPECT_EQ(later.store.total("ticks"), 1);
}

TEST_F(HostTest, DrainsByAnsweringRetryAndLettingGo)
{
    Partition counter(folder / "counter.db", "counter", count);
    counter.settle();
    counter.transport.arriving.push_back(InboundRequest{3, "edge", encode_request(counter.request(Add{"a", 1}))});
    EXPECT_TRUE(counter.host->drain());
    EXPECT_EQ(counter.outcome(counter.transport.replies.at(3)), Outcome::retry);
    EXPECT_EQ(counter.transport.releases, 1);
}

}  // namespace
}  // namespace gonghui::messaging
