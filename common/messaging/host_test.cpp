#include "common/messaging/host_under_test.hpp"

#include <gmock/gmock.h>

namespace gonghui::messaging {
namespace {

using toy::Add;
using toy::Added;

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

}  // namespace
}  // namespace gonghui::messaging
