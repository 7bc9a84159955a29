#include "common/messaging/host_under_test.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace gonghui::messaging {
namespace {

using toy::Add;
using toy::Added;

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

TEST_F(HostTest, FindsNoDamageWhereNoRecordCanBe)
{
    Partition counter(folder / "counter.db", "counter", count);
    counter.ask(counter.request(Add{"apples", 2}));
    for (const auto after :
         {std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
        OutgoingRequest request;
        request.id = make_ordered_uuid(counter.clock.now(), counter.random);
        request.type = "counter._log_read";
        codec::Writer data;
        data.map(1);
        data.text("after_seq");
        data.integer(after);
        request.data = data.take();
        EXPECT_EQ(counter.code(counter.ask(request)), "invalid_fields") << after;
    }
    EXPECT_THAT(counter.alarms, testing::IsEmpty());
    EXPECT_EQ(counter.outcome(counter.ask(counter.request(Add{"apples", 3}))), Outcome::accepted);
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

}  // namespace
}  // namespace gonghui::messaging
