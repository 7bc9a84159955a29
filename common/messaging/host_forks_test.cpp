#include "common/messaging/host_under_test.hpp"

#include <gmock/gmock.h>

namespace gonghui::messaging {
namespace {

using toy::Add;

// A copy of the source after three events, which the follower has; two more came since.
struct ForkTest : HostTest {
    enum class PutBack { by_restore, by_hand };

    explicit ForkTest()
    {
        pair.follower.settle();
        pair.answer_pages();
        for (const auto* name : {"a", "b", "a"}) pair.live(name);
        copy_again();
    }

    // In place of the copy before.
    void copy_again()
    {
        std::filesystem::remove(folder / "copy.db");
        pair.source.database.script("VACUUM INTO '" + (folder / "copy.db").string() + "'");
    }

    Partition& put_back(PutBack how)
    {
        if (how == PutBack::by_restore) {
            sqlite::Database file(folder / "copy.db");
            EventLog log(file);
            log.begin_epoch(2, log.head().seq);
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

TEST_F(ForkTest, HintsOfAHistoryThatHasEndedAreForgottenWithIt)
{
    pair.add("missed", 1);
    pair.add("gone", 1);
    pair.deliver(4);
    pair.follower.settle();
    pair.follower.transport.requests.clear();  // the source is lost before it answers
    put_back(PutBack::by_restore);
    pair.hear_beacon_of(*copy);  // it stands where the follower stands
    pair.answer_from(*copy);
    pair.follower.settle();
    EXPECT_TRUE(pair.follower.host->level());
    EXPECT_TRUE(pair.follower.transport.requests.empty()) << "else it would ask for what is no more, for ever";
    add_to_copy("new");
    const auto& [topic, event] = copy->transport.published.back();
    pair.follower.transport.arriving.push_back(InboundEvent{topic, event});
    pair.follower.settle();
    EXPECT_EQ(totals(), (std::vector<std::int64_t>{2, 1, 1}));
    EXPECT_EQ(pair.follower.store.total("gone"), 0);
    EXPECT_TRUE(pair.follower.host->level());
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

TEST_F(ForkTest, ARequestWaitsForTheHistoryThatItNames)
{
    pair.live("gone");
    put_back(PutBack::by_restore);
    add_to_copy("new");
    auto request = pair.follower.request(toy::Total{"a"});
    request.type = "mirror.nothing";
    request.after = At{"331083/counter/0", 2, 4};
    pair.follower.transport.arriving.push_back(InboundRequest{77, "edge", encode_request(request)});
    pair.follower.settle();
    EXPECT_FALSE(pair.follower.transport.replies.contains(77)) << "its fourth event is of a history that is no more";
    pair.hear_beacon_of(*copy);
    pair.answer_from(*copy);
    pair.follower.settle();
    ASSERT_TRUE(pair.follower.transport.replies.contains(77));
    EXPECT_EQ(pair.follower.code(pair.follower.transport.replies.at(77)), "unknown_type");
}

TEST_F(ForkTest, WhatFailsWhileItBuildsAgainKeepsItsLaneAndIsNotReactedToTwice)
{
    pair.live("gone");
    put_back(PutBack::by_restore);
    auto& follower = pair.follower;
    follower.database.script(
        "CREATE TRIGGER not_now BEFORE INSERT ON totals WHEN new.name = 'a' "
        "BEGIN SELECT raise(ABORT, 'not now'); END");
    pair.hear_beacon_of(*copy);
    pair.answer_from(*copy);
    EXPECT_EQ(totals(), (std::vector<std::int64_t>{0, 1, 0}));
    ASSERT_EQ(Parked(follower.database).list(10).size(), 2U) << "the first of its lane, and the third event behind it";

    follower.database.script("DROP TRIGGER not_now");
    follower.ask(follower.bus_request("mirror._parked_retry", "331083/counter/0", 1), "ctl");
    EXPECT_EQ(totals(), (std::vector<std::int64_t>{2, 1, 0}));
    EXPECT_EQ(Parked(follower.database).count(), 0);
    EXPECT_EQ(follower.host->head().seq, 4) << "the reactions of before";
}

TEST_F(ForkTest, WhatCameBeforeAParkedEventOfItsLaneDoesNotWaitForIt)
{
    auto& follower = pair.follower;
    follower.database.script(
        "CREATE TRIGGER not_now BEFORE INSERT ON totals WHEN new.name = 'a' "
        "BEGIN SELECT raise(ABORT, 'not now'); END");
    pair.live("a");
    follower.database.script("DROP TRIGGER not_now");
    copy_again();
    pair.live("b");
    pair.hear_beacon_of(put_back(PutBack::by_restore));
    pair.answer_from(*copy);
    EXPECT_EQ(totals(), (std::vector<std::int64_t>{2, 1, 0}));
    const auto parked = Parked(follower.database).list(10);
    ASSERT_EQ(parked.size(), 1U);
    EXPECT_EQ(parked[0].seq, 4);
    follower.ask(follower.bus_request("mirror._parked_retry", "331083/counter/0", 4), "ctl");
    EXPECT_EQ(totals(), (std::vector<std::int64_t>{3, 1, 0}));
}

TEST_F(ForkTest, ARequestWhoseEffectWasLostHasOtherEventsWhenItIsRepeated)
{
    const auto request = pair.source.request(Add{"again", 1});
    pair.source.ask(request);
    pair.deliver(pair.source.transport.published.size() - 1);
    pair.follower.settle();
    put_back(PutBack::by_restore);
    copy->ask(request);
    codec::Parser parser, other;
    const auto lost = decode_event(parser, pair.source.transport.published.back().second);
    const auto found = decode_event(other, copy->transport.published.back().second);
    EXPECT_EQ(lost->header.cause, found->header.cause);
    EXPECT_NE(lost->header.id, found->header.id);

    pair.hear_beacon_of(*copy);
    pair.answer_from(*copy);
    EXPECT_EQ(pair.follower.store.total("again"), 1);
    EXPECT_EQ(pair.follower.host->head().seq, 5) << "three reactions, one to what was lost, one to what came again";
}

TEST_F(ForkTest, WhatIsParkedStaysParkedAndWhatVanishedIsForgotten)
{
    pair.live("poison");
    copy_again();
    pair.live("poison");
    pair.hear_beacon_of(put_back(PutBack::by_restore));
    pair.answer_from(*copy);
    const auto parked = Parked(pair.follower.database).list(10);
    ASSERT_EQ(parked.size(), 1U);
    EXPECT_EQ(parked[0].seq, 4);
    EXPECT_EQ(totals(), (std::vector<std::int64_t>{2, 1, 0}));
}

}  // namespace
}  // namespace gonghui::messaging
