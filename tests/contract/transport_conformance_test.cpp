// What every transport promises (common/messaging/transport.hpp), run over each of them. Nothing sleeps: a test looks
// again until what it waits for is there. What must not arrive is followed by something that must.

#include "common/codec/value.hpp"
#include "common/messaging/envelope.hpp"
#include "common/messaging/request.hpp"
#include "tests/contract/bus_under_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gonghui::contract {
namespace {

using messaging::Holding;
using messaging::Outcome;
using messaging::Source;
using testing::ElementsAre;

// A reply with what it says copied out of it.
struct Answer {
    Uuid id;
    Outcome outcome = Outcome::fault;
    std::string code;
    std::string text;  // of {"text": ...} in the data
};

struct Received {
    std::vector<messaging::InboundRequest> requests;
    std::vector<messaging::InboundEvent> events;
    std::vector<Answer> answers;

    [[nodiscard]] std::vector<std::string> topics() const
    {
        std::vector<std::string> topics;
        for (const auto& event : events) topics.push_back(event.topic);
        return topics;
    }
};

Answer read(const messaging::InboundReply& reply)
{
    codec::Parser parser;
    const auto decoded = messaging::decode_reply(parser, reply.bytes);
    if (!decoded) return {Uuid{}, Outcome::fault, decoded.error(), ""};
    const auto text = decoded->data.find("text");
    return {decoded->id, decoded->outcome, std::string(decoded->code),
            std::string(text ? text->text().value_or("") : "")};
}

Bytes text_map(std::string_view text)
{
    codec::Writer out;
    out.map(1);
    out.text("text");
    out.text(text);
    return out.take();
}

Uuid uuid(std::uint8_t number)
{
    Uuid id;
    id.bytes.fill(std::byte{number});
    return id;
}

// One peer's end of the bus.
class Peer {
public:
    explicit Peer(std::unique_ptr<messaging::Transport> transport) : transport_(std::move(transport)) {}

    messaging::Transport& bus() { return *transport_; }
    Received& received()
    {
        arrived_.clear();
        transport_->receive(arrived_, 100);
        for (auto& message : arrived_) {
            if (auto* request = std::get_if<messaging::InboundRequest>(&message))
                received_.requests.push_back(std::move(*request));
            else if (auto* event = std::get_if<messaging::InboundEvent>(&message))
                received_.events.push_back(std::move(*event));
            else
                received_.answers.push_back(read(std::get<messaging::InboundReply>(message)));
        }
        return received_;
    }

    void hold(int partition, int partitions = 1, std::int64_t claim = 1)
    {
        hold(Source{district, "training", partition}, partitions, claim);
    }
    void hold(const Source& source, int partitions = 1, std::int64_t claim = 1)
    {
        transport_->hold(Holding{source, partitions, claim, 1, 0});
    }

    void publish(const Source& source, std::string_view type, std::int64_t seq = 1)
    {
        publish_under(messaging::topic_of(source, type), source, type, seq);
    }
    void publish_under(std::string_view topic, const Source& source, std::string_view type, std::int64_t seq = 1)
    {
        const auto name = messaging::to_string(source);
        messaging::EventHeader header;
        header.id = uuid(9);
        header.source = name;
        header.type = type;
        header.dataschema = "training/seat_taken.v1";
        header.seq = seq;
        codec::Writer out;
        messaging::encode_event(out, header, text_map("x"));
        transport_->publish(topic, out.view());
    }

    void ask(const messaging::OutgoingRequest& request) { transport_->request(messaging::encode_request(request)); }
    void answer(const messaging::InboundRequest& request, std::string_view text)
    {
        codec::Parser parser;
        const auto decoded = messaging::decode_request(parser, request.bytes, request.caller);
        messaging::Reply reply;
        reply.data = text_map(text);
        const auto id = decoded ? decoded->id : Uuid{};
        transport_->reply(request.token, messaging::encode_reply(id, reply, {"331083/training/0", 1, 0}));
    }

private:
    std::unique_ptr<messaging::Transport> transport_;
    std::vector<messaging::Inbound> arrived_;
    Received received_;
};

messaging::OutgoingRequest request(std::uint8_t id, std::string type)
{
    messaging::OutgoingRequest request;
    request.id = uuid(id);
    request.type = std::move(type);
    return request;
}

const Source training{district, "training", 0};
const Source registration{district, "registration", 0};

template <class Implementation>
class TransportConformance : public testing::Test {
protected:
    TransportConformance() { start({}); }

    void start(const hub::RouterSettings& settings)
    {
        peers_.clear();
        bus_ = Implementation::make(settings);
    }
    Peer& connect(std::string_view instance) { return peers_.emplace_back(bus_->connect(instance)); }

    // Every peer goes on sending and receiving meanwhile.
    bool eventually(const std::function<bool()>& condition)
    {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (std::chrono::steady_clock::now() < deadline) {
            for (auto& peer : peers_) peer.received();
            if (condition()) return true;
            bus_->turn();
        }
        return false;
    }

    // The peer follows, and the bus knows it.
    void follow(Peer& peer, std::string_view prefix)
    {
        peer.bus().follow(prefix);
        ASSERT_TRUE(eventually([&] {
            peer.received();
            return bus_->is_following(peer.bus());
        }));
    }

    // The bus sends requests of this partition to this peer from now on.
    void hold_for_certain(Peer& holder, Peer& asker, int partition = 0, int partitions = 1, std::int64_t claim = 1)
    {
        holder.hold(partition, partitions, claim);
        auto probe = request(200, "training.probe");
        probe.partition = partition;
        const auto before = holder.received().requests.size();
        ASSERT_TRUE(eventually([&] {
            // Asked again only when the last one was answered: a hub that does not know the holder answers at once.
            if (asker.received().answers.size() == probes_) {
                ++probes_;
                asker.ask(probe);
            }
            return holder.received().requests.size() > before;
        }));
        holder.answer(holder.received().requests.back(), "probed");
        ASSERT_TRUE(eventually([&] { return asker.received().answers.size() == probes_; }));
        asker.received().answers.clear();
        probes_ = 0;
        holder.received().requests.clear();
    }

    // The one answer that arrives.
    Answer answer_to(Peer& peer)
    {
        EXPECT_TRUE(eventually([&] { return !peer.received().answers.empty(); }));
        auto& answers = peer.received().answers;
        if (answers.empty()) return {};
        EXPECT_EQ(answers.size(), 1U);
        auto answer = answers.front();
        answers.clear();
        return answer;
    }

    Answer ask(Peer& peer, const messaging::OutgoingRequest& request)
    {
        peer.ask(request);
        return answer_to(peer);
    }

    std::unique_ptr<BusUnderTest> bus_;
    std::deque<Peer> peers_;  // end before the bus
    std::size_t probes_ = 0;
};

using Implementations = testing::Types<InMemory, OverZeroMq>;
TYPED_TEST_SUITE(TransportConformance, Implementations);

TYPED_TEST(TransportConformance, BringsEventsToThoseWhoFollowTheirService)
{
    auto& holder = this->connect("training-0");
    auto& owner = this->connect("registration");
    auto& watcher = this->connect("ctl");
    auto& follower = this->connect("training-1");
    this->follow(watcher, "331083.training.");
    this->follow(follower, "331083.registration.");
    holder.hold(training);
    owner.hold(registration);

    holder.publish(training, "seat_taken");
    owner.publish(registration, "member_left");
    ASSERT_TRUE(
        this->eventually([&] { return !watcher.received().events.empty() && !follower.received().events.empty(); }));
    EXPECT_THAT(watcher.received().topics(), ElementsAre("331083.training.seat_taken"));
    EXPECT_THAT(follower.received().topics(), ElementsAre("331083.registration.member_left"));
}

TYPED_TEST(TransportConformance, BringsTheBytesAsTheyWereEncoded)
{
    auto& holder = this->connect("training-0");
    auto& watcher = this->connect("ctl");
    this->follow(watcher, "331083.training.");
    holder.hold(training);
    holder.publish(training, "seat_taken", 42);
    ASSERT_TRUE(this->eventually([&] { return !watcher.received().events.empty(); }));
    codec::Parser parser;
    const auto event = messaging::decode_event(parser, watcher.received().events.front().bytes);
    ASSERT_TRUE(event) << event.error();
    EXPECT_EQ(event->header.seq, 42);
    EXPECT_EQ(event->header.source, "331083/training/0");
}

TYPED_TEST(TransportConformance, KeepsABurstInOrder)
{
    constexpr std::int64_t burst = 20'000;
    auto& holder = this->connect("training-0");
    auto& watcher = this->connect("ctl");
    this->follow(watcher, "331083.training.");
    holder.hold(training);
    std::vector<std::int64_t> seqs;
    codec::Parser parser;
    const auto take = [&] {
        auto& events = watcher.received().events;
        for (const auto& event : events) seqs.push_back(messaging::decode_event(parser, event.bytes)->header.seq);
        events.clear();
    };
    for (std::int64_t seq = 1; seq <= burst; ++seq) {
        holder.publish(training, "seat_taken", seq);
        if (seq % 100 == 0) holder.received();
        // Until the connection stands only a bounded amount is kept.
        if (seq > 1) continue;
        ASSERT_TRUE(this->eventually([&] {
            holder.received();
            take();
            return seqs.size() == 1;
        }));
    }
    ASSERT_TRUE(this->eventually([&] {
        holder.received();
        take();
        return seqs.size() == burst;
    }));
    for (std::int64_t seq = 1; seq <= burst; ++seq) ASSERT_EQ(seqs[static_cast<std::size_t>(seq - 1)], seq);
}

TYPED_TEST(TransportConformance, RefusesEventsInAnothersName)
{
    auto& holder = this->connect("training-0");
    auto& watcher = this->connect("ctl");
    this->follow(watcher, "");
    holder.hold(training);
    holder.publish(registration, "member_left");                                     // not its service
    holder.publish_under("331083.training.seat_taken", registration, "seat_taken");  // its topic, another's source
    holder.publish_under("310000.training.seat_taken", Source{"310000", "training", 0}, "seat_taken");
    holder.publish(training, "campaign_planned");
    ASSERT_TRUE(this->eventually([&] { return !watcher.received().events.empty(); }));
    EXPECT_THAT(watcher.received().topics(), ElementsAre("331083.training.campaign_planned"));
}

TYPED_TEST(TransportConformance, RefusesToFollowWithoutTheRight)
{
    auto& holder = this->connect("training-0");
    auto& owner = this->connect("registration");
    auto& follower = this->connect("training-1");
    auto& watcher = this->connect("ctl");
    this->follow(follower, "331083.registration.");
    follower.bus().follow("331083.training.");  // its own service's events are not granted to it
    follower.bus().follow("331083.");
    follower.bus().follow("");
    this->follow(watcher, "331083.training.");
    holder.hold(training);
    owner.hold(registration);
    holder.publish(training, "seat_taken");
    ASSERT_TRUE(this->eventually([&] {
        follower.received();
        return !watcher.received().events.empty();
    }));
    owner.publish(registration, "member_left");
    ASSERT_TRUE(this->eventually([&] { return !follower.received().events.empty(); }));
    EXPECT_THAT(follower.received().topics(), ElementsAre("331083.registration.member_left"));
}

TYPED_TEST(TransportConformance, BringsARequestToItsHolderAndTheReplyBack)
{
    auto& holder = this->connect("training-0");
    auto& ctl = this->connect("ctl");
    this->hold_for_certain(holder, ctl);
    auto enroll = request(1, "training.enroll");
    enroll.data = text_map("please");
    enroll.actor = Actor{Role::worker, uuid(3), Uuid{}, ""};
    ctl.ask(enroll);
    ASSERT_TRUE(this->eventually([&] { return !holder.received().requests.empty(); }));
    const auto inbound = holder.received().requests.front();
    EXPECT_EQ(inbound.caller, "ctl") << "stamped from its key";
    EXPECT_EQ(inbound.bytes, messaging::encode_request(enroll)) << "passed on as it came";
    holder.answer(inbound, "done");
    const auto answer = this->answer_to(ctl);
    EXPECT_EQ(answer.outcome, Outcome::accepted);
    EXPECT_EQ(answer.id, uuid(1));
    EXPECT_EQ(answer.text, "done");
}

TYPED_TEST(TransportConformance, BringsRepliesToWhoeverAsked)
{
    auto& holder = this->connect("registration");
    holder.hold(registration);
    auto& first = this->connect("training-0");
    auto& second = this->connect("ctl");
    ASSERT_TRUE(this->eventually([&] {
        first.ask(request(1, "registration.read_keys"));
        const bool arrived = !holder.received().requests.empty();
        first.received();
        return arrived;
    }));
    second.ask(request(2, "registration.member"));
    // Repetitions of the first request may still come behind it.
    std::optional<messaging::InboundRequest> asked;
    ASSERT_TRUE(this->eventually([&] {
        for (const auto& one : holder.received().requests)
            if (one.caller == "ctl") asked = one;
        return asked.has_value();
    }));
    holder.answer(*asked, "for ctl");
    EXPECT_EQ(this->answer_to(second).text, "for ctl");
}

TYPED_TEST(TransportConformance, RoutesByPartitionAndByKey)
{
    constexpr int partitions = 4;
    auto& ctl = this->connect("ctl");
    std::vector<Peer*> holders;
    for (int i = 0; i < partitions; ++i) {
        holders.push_back(&this->connect("training-0"));
        this->hold_for_certain(*holders.back(), ctl, i, partitions);
    }
    for (std::uint8_t number = 1; number <= 16; ++number) {
        auto keyed = request(number, "training.enroll");
        keyed.key = uuid(number);
        ctl.ask(keyed);
        auto& holder = *holders[static_cast<std::size_t>(messaging::partition_of(uuid(number), partitions))];
        ASSERT_TRUE(this->eventually([&] { return !holder.received().requests.empty(); })) << int{number};
        holder.received().requests.clear();
    }
    auto beyond = request(50, "training._status");
    beyond.partition = partitions;
    EXPECT_EQ(this->ask(ctl, beyond).code, "unknown_partition");
}

TYPED_TEST(TransportConformance, ObeysTheHigherClaim)
{
    auto& ctl = this->connect("ctl");
    auto& old_holder = this->connect("training-0");
    auto& new_holder = this->connect("training-1");
    this->hold_for_certain(old_holder, ctl, 0, 1, 1);
    this->hold_for_certain(new_holder, ctl, 0, 1, 2);
    old_holder.hold(0, 1, 1);
    EXPECT_EQ(this->ask(old_holder, request(1, "registration.read_keys")).code, "service_unavailable")
        << "an answer, so that the claim before it has been heard";
    ctl.ask(request(2, "training.enroll"));
    ASSERT_TRUE(this->eventually([&] { return !new_holder.received().requests.empty(); }));
    EXPECT_TRUE(old_holder.received().requests.empty());
}

TYPED_TEST(TransportConformance, AnswersRetryAtOnceWhenAHolderIsSuperseded)
{
    auto& ctl = this->connect("ctl");
    auto& old_holder = this->connect("training-0");
    auto& new_holder = this->connect("training-1");
    this->hold_for_certain(old_holder, ctl, 0, 1, 1);
    ctl.ask(request(1, "training.enroll"));
    ASSERT_TRUE(this->eventually([&] { return !old_holder.received().requests.empty(); }));
    new_holder.hold(0, 1, 2);
    ASSERT_TRUE(this->eventually([&] {
        new_holder.received();
        return !ctl.received().answers.empty();
    }));
    const auto answer = this->answer_to(ctl);
    EXPECT_EQ(answer.outcome, Outcome::retry);
    EXPECT_EQ(answer.code, "holder_lost");
    EXPECT_EQ(answer.id, uuid(1));
}

TYPED_TEST(TransportConformance, SendsNothingToAHolderThatReleased)
{
    auto& ctl = this->connect("ctl");
    auto& holder = this->connect("training-0");
    this->hold_for_certain(holder, ctl);
    ctl.ask(request(1, "training.enroll"));
    ASSERT_TRUE(this->eventually([&] { return !holder.received().requests.empty(); }));
    holder.bus().release(training);
    EXPECT_EQ(this->ask(holder, request(2, "registration.read_keys")).code, "service_unavailable");
    const auto turned_away = this->ask(ctl, request(3, "training.enroll"));
    EXPECT_EQ(turned_away.outcome, Outcome::retry);
    EXPECT_EQ(turned_away.code, "partition_unavailable");
    holder.answer(holder.received().requests.front(), "drained");
    ASSERT_TRUE(this->eventually([&] {
        holder.received();
        return !ctl.received().answers.empty();
    }));
    EXPECT_EQ(this->answer_to(ctl).text, "drained") << "what it had is still answered";
}

TYPED_TEST(TransportConformance, LetsGoOfASilentHolder)
{
    auto& ctl = this->connect("ctl");
    auto& holder = this->connect("training-0");
    this->hold_for_certain(holder, ctl);
    ctl.ask(request(1, "training.enroll"));
    ASSERT_TRUE(this->eventually([&] { return !holder.received().requests.empty(); }));
    this->bus_->let_pass(messaging::holding_lapses + std::chrono::milliseconds(500));
    const auto in_flight = this->answer_to(ctl);
    EXPECT_EQ(in_flight.id, uuid(1));
    EXPECT_EQ(in_flight.code, "holder_lost");
    EXPECT_EQ(this->ask(ctl, request(2, "training.enroll")).code, "partition_unavailable");
    this->hold_for_certain(holder, ctl);
}

TYPED_TEST(TransportConformance, AnswersRetryWhenNobodyHolds)
{
    auto& ctl = this->connect("ctl");
    const auto answer = this->ask(ctl, request(1, "training.enroll"));
    EXPECT_EQ(answer.outcome, Outcome::retry);
    EXPECT_EQ(answer.code, "service_unavailable");
}

TYPED_TEST(TransportConformance, AnswersInvalidToWhatItCannotRead)
{
    auto& ctl = this->connect("ctl");
    ctl.bus().request(as_bytes("%PDF-1.7"));
    EXPECT_EQ(this->answer_to(ctl).code, "undecodable");
    const auto unknown = this->ask(ctl, request(1, "canteen.order"));
    EXPECT_EQ(unknown.outcome, Outcome::invalid);
    EXPECT_EQ(unknown.code, "unknown_service");
}

TYPED_TEST(TransportConformance, RefusesACallWithoutTheRight)
{
    auto& stranger = this->connect("stranger");
    const auto no_right = this->ask(stranger, request(1, "training.enroll"));
    EXPECT_EQ(no_right.outcome, Outcome::refused);
    EXPECT_EQ(no_right.code, "not_permitted");
    EXPECT_EQ(no_right.id, uuid(1));

    auto& service = this->connect("training-0");
    auto asserted = request(2, "registration.read_keys");
    asserted.actor = Actor{Role::city, uuid(3), uuid(4), ""};
    EXPECT_EQ(this->ask(service, asserted).code, "not_permitted");
    EXPECT_EQ(this->ask(service, request(3, "registration.approve")).code, "not_permitted");
    EXPECT_EQ(this->ask(service, request(4, "registration._log_read")).code, "service_unavailable")
        << "who follows may read back";
    EXPECT_EQ(this->ask(service, request(5, "hub._status")).code, "not_permitted");
}

TYPED_TEST(TransportConformance, RefusesToSendRequestsToAHolderWithoutTheRight)
{
    auto& ctl = this->connect("ctl");
    auto& stranger = this->connect("stranger");
    stranger.hold(0);
    EXPECT_EQ(this->ask(stranger, request(1, "training.enroll")).code, "not_permitted");
    EXPECT_EQ(this->ask(ctl, request(2, "training.enroll")).code, "service_unavailable");
}

TYPED_TEST(TransportConformance, BoundsWhatWaitsForAPartition)
{
    hub::RouterSettings settings;
    settings.in_flight_per_partition = 8;
    this->start(settings);
    auto& ctl = this->connect("ctl");
    auto& holder = this->connect("training-0");
    this->hold_for_certain(holder, ctl);
    for (std::uint8_t id = 1; id <= 9; ++id) ctl.ask(request(id, "training.enroll"));
    const auto answer = this->answer_to(ctl);
    EXPECT_EQ(answer.outcome, Outcome::retry);
    EXPECT_EQ(answer.code, "overloaded");
    EXPECT_EQ(answer.id, uuid(9));
    ASSERT_TRUE(this->eventually([&] { return holder.received().requests.size() == 8; }));
    holder.answer(holder.received().requests.front(), "room again");
    EXPECT_EQ(this->answer_to(ctl).text, "room again");
    this->bus_->let_pass(std::chrono::milliseconds(100));  // whoever was turned away has had their turn
    ctl.ask(request(10, "training.enroll"));
    EXPECT_TRUE(this->eventually([&] {
        ctl.received();
        return holder.received().requests.size() == 9;
    }));
}

TYPED_TEST(TransportConformance, BoundsWhatOneCallerHasInFlight)
{
    hub::RouterSettings settings;
    settings.in_flight_per_caller = 2;
    this->start(settings);
    auto& ctl = this->connect("ctl");
    auto& holder = this->connect("training-0");
    this->hold_for_certain(holder, ctl);
    for (std::uint8_t id = 1; id <= 3; ++id) ctl.ask(request(id, "training.enroll"));
    EXPECT_EQ(this->answer_to(ctl).code, "overloaded");
}

TYPED_TEST(TransportConformance, ForgetsARequestWhoseDeadlineHasPassed)
{
    auto& ctl = this->connect("ctl");
    auto& holder = this->connect("training-0");
    this->hold_for_certain(holder, ctl);
    auto hasty = request(1, "training.enroll");
    hasty.deadline = this->bus_->clock.now() + std::chrono::seconds(1);
    ctl.ask(hasty);
    ASSERT_TRUE(this->eventually([&] { return !holder.received().requests.empty(); }));
    this->bus_->let_pass(std::chrono::milliseconds(1'500));
    EXPECT_EQ(this->ask(ctl, hasty).code, "deadline_passed") << "the same again, now too late from the start";
    ASSERT_TRUE(this->eventually([&] {
        // The hub has had its tick when it says that nothing is in flight: only then is the reply too late.
        ctl.ask(request(2, "hub._status"));
        return this->answer_to(ctl).outcome == Outcome::accepted;
    }));
    this->hold_for_certain(holder, ctl);
}

TYPED_TEST(TransportConformance, CarriesAMegabyteEachWay)
{
    const std::string megabyte(1'000'000, 'x');
    auto& ctl = this->connect("ctl");
    auto& holder = this->connect("training-0");
    this->hold_for_certain(holder, ctl);
    auto large = request(1, "training.import");
    large.data = text_map(megabyte);
    ctl.ask(large);
    ASSERT_TRUE(this->eventually([&] {
        ctl.received();
        return !holder.received().requests.empty();
    }));
    holder.answer(holder.received().requests.front(), megabyte);
    ASSERT_TRUE(this->eventually([&] {
        holder.received();
        return !ctl.received().answers.empty();
    }));
    EXPECT_EQ(this->answer_to(ctl).text.size(), megabyte.size());
}

TYPED_TEST(TransportConformance, TakesRightsAwayAtOnce)
{
    auto& ctl = this->connect("ctl");
    auto& holder = this->connect("training-0");
    this->hold_for_certain(holder, ctl);
    ctl.ask(request(1, "training.enroll"));
    ASSERT_TRUE(this->eventually([&] { return !holder.received().requests.empty(); }));
    this->bus_->revoke("training-0");
    EXPECT_EQ(this->answer_to(ctl).code, "holder_lost");
    EXPECT_EQ(this->ask(holder, request(2, "registration.read_keys")).code, "not_permitted");
}

TYPED_TEST(TransportConformance, TellsItsState)
{
    auto& ctl = this->connect("ctl");
    auto& holder = this->connect("training-0");
    this->hold_for_certain(holder, ctl);
    const auto answer = this->ask(ctl, request(1, "hub._status"));
    EXPECT_EQ(answer.outcome, Outcome::accepted);
}

}  // namespace
}  // namespace gonghui::contract
