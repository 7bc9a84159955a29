#include "common/messaging/host_under_test.hpp"

#include <gmock/gmock.h>

namespace gonghui::messaging {
namespace {

using toy::Add;
using toy::Added;

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
    EXPECT_EQ(follower.urgency, Urgency::normal) << "who sleeps shall wake up at once";
    for (int i = 0; i < 2; ++i) pair.add("a", 1);
    pair.deliver(0);
    follower.host->step();
    EXPECT_EQ(follower.urgency, Urgency::background);
    pair.deliver(1);
    follower.transport.arriving.push_back(
        InboundRequest{++follower.last_token, "edge", encode_request(follower.bus_request("_status"))});
    follower.host->step();
    EXPECT_EQ(follower.urgency, Urgency::normal);
}

TEST_F(HostTest, TakesItsFullShareFromFarBehindUntilItHasCaughtUp)
{
    Pair pair(folder);
    pair.follower.settle();
    const auto urgency_after = [&](std::size_t i) {
        pair.deliver(i);
        pair.follower.host->step();
        return pair.follower.urgency;
    };
    for (int i = 0; i < 2; ++i) pair.add("a", 1);
    pair.follower.clock.advance(std::chrono::seconds(2));
    EXPECT_EQ(urgency_after(0), Urgency::background) << "it does not know yet";
    EXPECT_EQ(urgency_after(1), Urgency::normal);
    pair.source.clock.advance(std::chrono::seconds(2));
    for (int i = 0; i < 3; ++i) pair.add("a", 1);
    EXPECT_EQ(urgency_after(2), Urgency::normal);
    EXPECT_EQ(urgency_after(3), Urgency::normal) << "more may have waited";
    pair.follower.host->step();
    EXPECT_EQ(urgency_after(4), Urgency::background);
}

TEST_F(HostTest, TakesItsFullShareWhileItDrains)
{
    Pair pair(folder);
    pair.follower.settle();
    pair.add("a", 1);
    pair.deliver(0);
    pair.follower.host->drain();
    EXPECT_EQ(pair.follower.urgency, Urgency::normal) << "whoever stops it waits";
    EXPECT_EQ(pair.follower.store.total("a"), 1);
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

TEST_F(HostTest, TellsOnceThatNobodyLetsItReadAndAgainAfterAnAnswer)
{
    Pair pair(folder);
    auto& follower = pair.follower;
    codec::Parser parser;
    const auto refuse = [&] {
        follower.clock.advance(std::chrono::seconds(1));
        follower.settle();
        ASSERT_FALSE(follower.transport.requests.empty());
        const auto id = decode_request(parser, follower.transport.requests.front(), "mirror")->id;
        follower.transport.requests.clear();
        follower.transport.arriving.push_back(
            InboundReply{encode_reply(id, Reply::refused({"not_permitted", {}}), {})});
        follower.settle();
    };
    for (int i = 0; i < 3; ++i) refuse();
    EXPECT_THAT(follower.alarms, testing::ElementsAre("page_refused"));
    follower.clock.advance(std::chrono::seconds(1));
    follower.settle();
    pair.answer_pages();
    pair.add("a", 1);
    pair.add("a", 1);
    pair.deliver(1);
    for (int i = 0; i < 2; ++i) refuse();
    EXPECT_THAT(follower.alarms, testing::ElementsAre("page_refused", "page_refused"));
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

// --- the catalogue ---

void count_with_a_catalogue(Handlers<toy::Store>& handlers)
{
    count(handlers);
    handlers.follow<Added>();
    handlers.read_model("counter", {"totals"});
}

TEST_F(HostTest, APartitionReadsTheCatalogueOfItsServiceFromPages)
{
    Pair pair(folder, count_with_a_catalogue);
    EXPECT_TRUE(pair.source.transport.followed.empty()) << "the catalogue reads nobody";
    EXPECT_TRUE(pair.follower.transport.followed.empty()) << "the bus would bring every partition";
    pair.add("a", 2);
    pair.follower.settle();
    pair.answer_pages();
    EXPECT_EQ(pair.follower.store.total("a"), 2);
    EXPECT_EQ(pair.follower.host->head().seq, 0) << "it is not its own event";
    EXPECT_TRUE(pair.follower.host->level());

    pair.add("a", 3);
    pair.follower.settle();
    EXPECT_TRUE(pair.follower.transport.requests.empty()) << "not more often than a beacon";
    pair.follower.clock.advance(beacon_interval);
    pair.follower.settle();
    EXPECT_TRUE(pair.follower.host->level()) << "it only looks";
    pair.answer_pages();
    EXPECT_EQ(pair.follower.store.total("a"), 5);
    pair.follower.clock.advance(beacon_interval);
    pair.follower.settle();
    EXPECT_EQ(pair.follower.transport.requests.size(), 1U) << "and looks again";
}

TEST_F(HostTest, APartitionLooksIntoTheCatalogueAtOnceForWhoeverComesFromThere)
{
    Pair pair(folder, count_with_a_catalogue);
    pair.follower.settle();
    pair.answer_pages();
    pair.add("a", 2);
    auto later = pair.follower.request(toy::Total{"a"});
    later.after = At{"331083/counter/0", 1, 1};
    const auto token = ++pair.follower.last_token;
    pair.follower.transport.arriving.push_back(InboundRequest{token, "edge", encode_request(later)});
    pair.follower.settle();
    EXPECT_FALSE(pair.follower.transport.replies.contains(token));
    pair.answer_pages();
    pair.follower.settle();
    codec::Parser parser;
    const auto reply = decode_reply(parser, pair.follower.transport.replies.at(token));
    EXPECT_EQ(reply->data.find("total")->integer(), 2);
}

TEST_F(HostTest, APartitionIsNeverLevelWithAnotherThatIsNoCatalogue)
{
    Pair pair(folder, count_with_a_catalogue);
    auto request = pair.follower.request(toy::Total{"a"});
    request.after = At{"331083/counter/7", 1, 1};
    EXPECT_EQ(pair.follower.outcome(pair.follower.ask(request)), Outcome::invalid);
}

}  // namespace
}  // namespace gonghui::messaging
