// What the conformance suite does not reach: it knows a hub from outside only.

#include "services/hub/domain/router.hpp"

#include "common/ids/seeded_random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gonghui::hub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Uuid uuid(std::uint8_t number)
{
    Uuid id;
    id.bytes.fill(std::byte{number});
    return id;
}

class RouterTest : public testing::Test {
protected:
    RouterTest() : rights_("331083", grants()), router_({}, rights_, random_) {}

    static std::vector<Grant> grants()
    {
        Grant training;
        training.public_key = "T";
        training.service = "training";
        training.publish = {"training"};
        Grant ctl;
        ctl.public_key = "C";
        ctl.service = "ctl";
        ctl.call = {"*"};
        return {training, ctl};
    }

    HoldOutcome hold(const Route& from, std::int64_t claim = 1, int partition = 0, int partitions = 1)
    {
        return router_.on_hold(from, rights_.of("T"), {{"331083", "training", partition}, partitions, claim, 1, 0},
                               now_);
    }

    Routed ask(std::uint8_t id, std::optional<UtcTime> deadline = std::nullopt)
    {
        messaging::OutgoingRequest request;
        request.id = uuid(id);
        request.type = "training.enroll";
        request.deadline = deadline;
        return router_.on_request("caller", rights_.of("C"), messaging::encode_request(request), now_);
    }

    messaging::ReplyToken forwarded(const Routed& routed)
    {
        const auto* forward = std::get_if<Forward>(&routed);
        EXPECT_NE(forward, nullptr);
        return forward == nullptr ? 0 : forward->token;
    }

    std::string code_of(const Answer& answer)
    {
        const auto reply = messaging::decode_reply(parser_, answer.reply);
        return reply ? std::string(reply->code) : reply.error();
    }

    SeededRandom random_{1};
    Rights rights_;
    Router router_;
    codec::Parser parser_;
    UtcTime now_ = from_microseconds(1'000'000'000);
};

TEST_F(RouterTest, TellsWhichRequestItCouldNotRead)
{
    const auto answered = [&](BytesView request) {
        const auto routed = router_.on_request("caller", rights_.of("C"), request, now_);
        const auto& answer = std::get<Answer>(routed);
        EXPECT_EQ(code_of(answer), "undecodable");
        return messaging::decode_reply(parser_, answer.reply)->id;
    };
    codec::Writer no_type;
    no_type.map(1);
    no_type.text("id");
    no_type.binary(uuid(7).view());
    EXPECT_EQ(answered(no_type.view()), uuid(7));
    codec::Writer no_map;
    no_map.text("id");
    EXPECT_EQ(answered(no_map.view()), Uuid{});
}

TEST_F(RouterTest, GivesEveryRequestATokenOfItsOwn)
{
    hold("holder");
    std::set<messaging::ReplyToken> tokens;
    for (int round = 0; round < 100; ++round) {
        const auto token = forwarded(ask(1));
        EXPECT_TRUE(tokens.insert(token).second) << "never one that was used before, though its slot is";
        EXPECT_EQ(router_.on_reply(rights_.of("T"), token, 100, now_), "caller");
        EXPECT_FALSE(router_.on_reply(rights_.of("T"), token, 100, now_)) << "answered once";
    }
    EXPECT_EQ(router_.in_flight(), 0U);
    EXPECT_EQ(router_.counters().stray, 100);
}

TEST_F(RouterTest, TakesARepliesOnlyFromThePeerThatWasAsked)
{
    hold("holder");
    const auto token = forwarded(ask(1));
    EXPECT_FALSE(router_.on_reply(rights_.of("C"), token, 100, now_));
    EXPECT_TRUE(router_.on_reply(rights_.of("T"), token, 100, now_));
}

TEST_F(RouterTest, TakesTheReplyOfAHolderThatConnectedAgain)
{
    hold("first connection");
    const auto token = forwarded(ask(1));
    EXPECT_TRUE(hold("second connection").answers.empty()) << "the same holder under the same claim";
    EXPECT_TRUE(router_.on_reply(rights_.of("T"), token, 100, now_));
    const auto routed = ask(2);
    EXPECT_EQ(std::get<Forward>(routed).to, "second connection");
}

TEST_F(RouterTest, ObeysTheHigherClaimAndTellsTheLower)
{
    EXPECT_EQ(hold("new", 2).claimed, Claimed::obeyed);
    EXPECT_EQ(hold("old", 1).claimed, Claimed::superseded);
    const auto routed = ask(1);
    EXPECT_EQ(std::get<Forward>(routed).to, "new");
}

TEST_F(RouterTest, ObeysNobodyWhoSpeaksAnotherVersion)
{
    hold("spoken");
    for (const auto wire : {messaging::oldest_wire - 1, messaging::newest_wire + 1}) {
        const auto outcome =
            router_.on_hold("unspoken", rights_.of("T"), {{"331083", "training", 0}, 1, 9, 1, 0, wire}, now_);
        EXPECT_EQ(outcome.claimed, Claimed::unspoken);
    }
    EXPECT_EQ(rights_.of("T").counters.refused_hold, 2);
    const auto routed = ask(1);
    EXPECT_EQ(std::get<Forward>(routed).to, "spoken");
}

TEST_F(RouterTest, RemembersTheClaimOfAHolderThatFellSilent)
{
    hold("new", 2);
    now_ += seconds(10);
    router_.on_tick(now_);
    EXPECT_EQ(hold("old", 1).claimed, Claimed::superseded);
}

TEST_F(RouterTest, TellsCallersToComeBackSoonWhileAPartitionChangesHands)
{
    const auto wait_of = [&](const Routed& routed) {
        codec::Parser parser;
        return messaging::decode_reply(parser, std::get<Answer>(routed).reply)->retry_after;
    };
    hold("first");
    const auto token = forwarded(ask(1));
    router_.on_release(rights_.of("T"), {"331083", "training", 0}, now_);
    EXPECT_EQ(wait_of(ask(2)), milliseconds(30));
    EXPECT_EQ(router_.on_reply(rights_.of("T"), token, 100, now_), "caller") << "it answers what it has";
    now_ += seconds(2);
    EXPECT_EQ(wait_of(ask(3)), milliseconds(500)) << "nobody has taken it over";
    hold("second", 2);
    forwarded(ask(4));
}

TEST_F(RouterTest, AnswersForAHolderWhoseConnectionIsGone)
{
    hold("holder");
    forwarded(ask(1));
    forwarded(ask(2));
    const auto answers = router_.on_gone("holder");
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(code_of(answers[0]), "holder_lost");
    EXPECT_EQ(router_.in_flight(), 0U);
    EXPECT_TRUE(router_.on_gone("holder").empty());
}

TEST_F(RouterTest, AnswersForAHolderThatTakesNoMore)
{
    hold("holder");
    const auto token = forwarded(ask(1));
    const auto answer = router_.on_full(token, now_);
    ASSERT_TRUE(answer);
    EXPECT_EQ(code_of(*answer), "overloaded");
    EXPECT_FALSE(router_.on_full(token, now_));
}

TEST_F(RouterTest, SpreadsThoseWhoComeBackAndLetsAnotherPartitionAlone)
{
    RouterSettings settings;
    settings.in_flight_per_partition = 1;
    Router router(settings, rights_, random_);
    for (const int partition : {0, 1})
        router.on_hold("holder", rights_.of("T"), {{"331083", "training", partition}, 2, 1, 1, 0}, now_);
    const auto ask_of = [&](int partition, std::uint8_t id) {
        messaging::OutgoingRequest request;
        request.id = uuid(id);
        request.type = "training.enroll";
        request.partition = partition;
        return router.on_request("caller", rights_.of("C"), messaging::encode_request(request), now_);
    };
    forwarded(ask_of(0, 1));
    codec::Parser parser;
    milliseconds last{0};
    for (std::uint8_t id = 2; id < 102; ++id) {
        const auto routed = ask_of(0, id);
        const auto reply = messaging::decode_reply(parser, std::get<Answer>(routed).reply);
        EXPECT_EQ(reply->code, "overloaded");
        EXPECT_GE(reply->retry_after, last);
        last = reply->retry_after;
        EXPECT_NEAR(static_cast<double>(*reply->facts.find("ahead")->integer()), id - 2, 2);
    }
    EXPECT_NEAR(static_cast<double>(last.count()), 30, 3) << "a hundred at 10,000 a second, after 20 ms";
    forwarded(ask_of(1, 200));
}

TEST_F(RouterTest, LetsNobodyOvertakeWhoStoodInLine)
{
    RouterSettings settings;
    settings.in_flight_per_partition = 2;
    Router router(settings, rights_, random_);
    router.on_hold("holder", rights_.of("T"), {{"331083", "training", 0}, 1, 1, 1, 0}, now_);
    const auto attempt = [&](std::uint8_t id, BytesView ticket = {}) {
        messaging::OutgoingRequest request;
        request.id = uuid(id);
        request.type = "training.enroll";
        return router.on_request("caller", rights_.of("C"), messaging::encode_request(request), now_, ticket);
    };
    const auto first = forwarded(attempt(1));
    const auto second = forwarded(attempt(2));
    const auto in_line = std::get<Answer>(attempt(3));
    ASSERT_FALSE(in_line.ticket.empty());
    router.on_reply(rights_.of("T"), first, 100, now_);
    const auto is_turned_away = [&](std::uint8_t id, BytesView ticket = {}) {
        return std::holds_alternative<Answer>(attempt(id, ticket));
    };
    EXPECT_TRUE(is_turned_away(4)) << "a place is free, and somebody's turn is still to come";
    EXPECT_TRUE(is_turned_away(3, in_line.ticket)) << "too early";
    now_ += std::chrono::microseconds(20'110);
    EXPECT_TRUE(is_turned_away(5, in_line.ticket)) << "it is not their ticket";
    EXPECT_TRUE(is_turned_away(6));
    forwarded(attempt(3, in_line.ticket));
    EXPECT_TRUE(router.on_reply(rights_.of("T"), second, 100, now_));
}

TEST_F(RouterTest, WhoHasARateIsToldItsTurnBeyondIt)
{
    auto bounded = grants();
    bounded[1].rate = 10;
    rights_.replace(bounded);
    hold("holder");
    std::uint8_t id = 0;
    while (rights_.of("C").allowance.may_bring(now_))
        router_.on_reply(rights_.of("T"), forwarded(ask(id++)), 100, now_);
    codec::Parser parser;
    const auto wait = [&] {
        const auto away = ask(id++);
        const auto reply = messaging::decode_reply(parser, std::get<Answer>(away).reply);
        EXPECT_EQ(reply->code, "overloaded");
        return reply->retry_after;
    };
    const auto first = wait();
    EXPECT_EQ(wait(), first + milliseconds(100)) << "one after the other";
    EXPECT_EQ(rights_.of("C").counters.beyond_rate, 2);
    now_ += first;
    forwarded(ask(id));
}

TEST_F(RouterTest, APageIsPaidForBeforeItComesAndAReplyByItsSize)
{
    auto bounded = grants();
    bounded[1].rate = 1'000;
    rights_.replace(bounded);
    hold("holder");
    auto& caller = rights_.of("C");
    caller.allowance.charge(2'000, now_);  // what is saved up
    messaging::OutgoingRequest request;
    request.id = uuid(1);
    request.type = "training._log_read";
    const auto token = forwarded(router_.on_request("caller", caller, messaging::encode_request(request), now_));
    EXPECT_FALSE(caller.allowance.may_bring(now_ + milliseconds(page_units - 51)));
    EXPECT_TRUE(caller.allowance.may_bring(now_ + milliseconds(page_units + 1)));
    router_.on_reply(rights_.of("T"), token, 200 * bytes_per_unit_of_reply, now_);
    EXPECT_FALSE(caller.allowance.may_bring(now_ + milliseconds(149))) << "as much as came, and not more";
    EXPECT_TRUE(caller.allowance.may_bring(now_ + milliseconds(201)));
}

TEST_F(RouterTest, WhoHasARateHasFewerInFlight)
{
    auto bounded = grants();
    bounded[1].rate = 1'000'000;
    rights_.replace(bounded);
    hold("holder");
    for (std::uint8_t id = 0; id < 64; ++id) forwarded(ask(id));
    codec::Parser parser;
    const auto away = ask(64);
    EXPECT_EQ(messaging::decode_reply(parser, std::get<Answer>(away).reply)->code, "overloaded");
}

TEST_F(RouterTest, ForgetsAtTheDeadlineWithoutAWord)
{
    hold("holder");
    const auto token = forwarded(ask(1, now_ + seconds(1)));
    EXPECT_TRUE(router_.on_tick(now_ + milliseconds(999)).empty());
    EXPECT_EQ(router_.in_flight(), 1U);
    EXPECT_TRUE(router_.on_tick(now_ + seconds(1)).empty());
    EXPECT_EQ(router_.in_flight(), 0U);
    EXPECT_FALSE(router_.on_reply(rights_.of("T"), token, 100, now_));
}

TEST_F(RouterTest, SaysSoWhenARequestWithoutADeadlineIsNeverAnswered)
{
    hold("holder");
    forwarded(ask(1));
    for (int second = 1; second <= 30; ++second) {
        now_ += seconds(1);
        hold("holder");
        const auto answers = router_.on_tick(now_);
        ASSERT_EQ(answers.size(), second == 30 ? 1U : 0U) << second;
        EXPECT_EQ(second == 30 ? code_of(answers.front()) : "no_answer", "no_answer");
    }
}

TEST_F(RouterTest, LearnsThePartitionsFromTheirHolders)
{
    hold("one", 1, 1, 4);
    EXPECT_EQ(router_.partitions().at("training").size(), 4U);
    const auto routed = ask(1);
    EXPECT_EQ(code_of(std::get<Answer>(routed)), "partition_unavailable") << "of partition 0, which nobody holds yet";
}

TEST_F(RouterTest, CountsWhatWaitsDownAgain)
{
    hold("holder");
    auto& caller = rights_.of("C");
    const auto token = forwarded(ask(1));
    EXPECT_EQ(caller.in_flight, 1U);
    EXPECT_EQ(router_.partitions().at("training").front().in_flight, 1U);
    router_.on_reply(rights_.of("T"), token, 100, now_);
    EXPECT_EQ(caller.in_flight, 0U);
    EXPECT_EQ(router_.partitions().at("training").front().in_flight, 0U);
}

}  // namespace
}  // namespace gonghui::hub
