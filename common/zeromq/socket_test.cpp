#include "common/zeromq/socket.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace gonghui::zeromq {
namespace {

using std::chrono::steady_clock;

// Asks again until it is true or ten seconds are over; between two looks it waits on the sockets themselves.
bool eventually(std::span<Socket* const> sockets, const std::function<bool()>& condition)
{
    Wake never;
    const auto deadline = steady_clock::now() + std::chrono::seconds(10);
    while (steady_clock::now() < deadline) {
        if (condition()) return true;
        wait_for_any(sockets, never, std::chrono::milliseconds(5));
    }
    return false;
}

constexpr HighWater generous{10'000, 10'000};

class Sockets : public testing::Test {
protected:
    Sockets()
        : hub_key_(KeyPair::generate()),
          peer_key_(KeyPair::generate()),
          gatekeeper_(context_, {{peer_key_.public_key, "training"}})
    {
    }

    Context context_;
    KeyPair hub_key_;
    KeyPair peer_key_;
    Gatekeeper gatekeeper_;
};

TEST_F(Sockets, CarryAMessageAndTheUserIdOfItsSender)
{
    Socket router(context_, Pattern::router, generous);
    const auto endpoint = router.bind("tcp://127.0.0.1:*", hub_key_, gatekeeper_);
    Socket dealer(context_, Pattern::dealer, generous);
    dealer.connect(endpoint, peer_key_, hub_key_.public_key);

    ASSERT_TRUE(eventually(std::array{&dealer}, [&] { return dealer.send(Message(as_bytes("ping"))) == Sent::sent; }));
    Message route;
    Message message;
    ASSERT_TRUE(eventually(std::array{&router}, [&] { return router.receive(route, message) == Received::message; }));
    EXPECT_EQ(as_text(message.view()), "ping");
    EXPECT_EQ(message.user_id(), "training");
    EXPECT_EQ(dealer.link(steady_clock::now()), Link::up);

    EXPECT_EQ(router.send_to(as_text(route.view()), Message(as_bytes("pong"))), Sent::sent);
    ASSERT_TRUE(eventually(std::array{&dealer}, [&] { return dealer.receive(message); }));
    EXPECT_EQ(as_text(message.view()), "pong");
}

TEST_F(Sockets, RefuseAKeyThatIsNotAdmittedUntilItIs)
{
    Socket door(context_, Pattern::router, generous);
    const auto endpoint = door.bind("tcp://127.0.0.1:*", hub_key_, gatekeeper_);
    const auto stranger = KeyPair::generate();
    Socket peer(context_, Pattern::dealer, generous);
    peer.connect(endpoint, stranger, hub_key_.public_key);

    ASSERT_TRUE(eventually(std::array{&door}, [&] { return peer.link(steady_clock::now()) == Link::refused; }));
    EXPECT_EQ(peer.send(Message(as_bytes("let me in"))), Sent::full);
    EXPECT_GE(gatekeeper_.refused(), 1);

    gatekeeper_.admit_only({{stranger.public_key, "newcomer"}});
    ASSERT_TRUE(eventually(std::array{&door}, [&] { return peer.link(steady_clock::now()) == Link::up; }));
    Message route;
    Message message;
    ASSERT_TRUE(eventually(std::array{&door}, [&] { return peer.send(Message(as_bytes("thanks"))) == Sent::sent; }));
    ASSERT_TRUE(eventually(std::array{&door}, [&] { return door.receive(route, message) == Received::message; }));
    EXPECT_EQ(message.user_id(), "newcomer");
}

TEST_F(Sockets, PublishUnderTopicsOnceSomebodyHasSubscribed)
{
    Socket subscriber(context_, Pattern::subscribe, generous);
    subscriber.subscribe("331083.training.");
    const auto endpoint = subscriber.bind("tcp://127.0.0.1:*", hub_key_, gatekeeper_);
    Socket publisher(context_, Pattern::publish, generous);
    publisher.connect(endpoint, peer_key_, hub_key_.public_key);
    EXPECT_EQ(publisher.send_to("331083.training.", Message(as_bytes("too early"))), Sent::full);

    // The subscriber says what it wants when it looks for messages.
    ASSERT_TRUE(eventually(std::array{&publisher, &subscriber}, [&] { return publisher.can_send(); }));
    EXPECT_EQ(publisher.send_to("331083.registration.", Message(as_bytes("for others"))), Sent::sent);
    EXPECT_EQ(publisher.send_to("331083.training.", Message(as_bytes("for you"))), Sent::sent);
    Message topic;
    Message message;
    ASSERT_TRUE(
        eventually(std::array{&subscriber}, [&] { return subscriber.receive(topic, message) == Received::message; }));
    EXPECT_EQ(as_text(topic.view()), "331083.training.");
    EXPECT_EQ(as_text(message.view()), "for you");
    EXPECT_EQ(message.user_id(), "training");
}

TEST_F(Sockets, TellASenderThatItsPeerHasGone)
{
    Socket router(context_, Pattern::router, generous);
    const auto endpoint = router.bind("tcp://127.0.0.1:*", hub_key_, gatekeeper_);
    Message route;
    Message message;
    {
        Socket dealer(context_, Pattern::dealer, generous);
        dealer.connect(endpoint, peer_key_, hub_key_.public_key);
        ASSERT_TRUE(eventually(std::array{&dealer}, [&] { return dealer.send(Message(as_bytes("1"))) == Sent::sent; }));
        ASSERT_TRUE(
            eventually(std::array{&router}, [&] { return router.receive(route, message) == Received::message; }));
    }
    EXPECT_TRUE(eventually(std::array{&router}, [&] {
        return router.send_to(as_text(route.view()), Message(as_bytes("gone?"))) == Sent::unreachable;
    }));
}

TEST_F(Sockets, TellWhatHappensAtTheDoorAndEndAConnection)
{
    Socket router(context_, Pattern::router, generous);
    const auto endpoint = router.bind("tcp://127.0.0.1:*", hub_key_, gatekeeper_);
    Socket dealer(context_, Pattern::dealer, generous);
    dealer.connect(endpoint, peer_key_, hub_key_.public_key);
    ASSERT_TRUE(eventually(std::array{&dealer}, [&] { return dealer.send(Message(as_bytes("1"))) == Sent::sent; }));
    Message route;
    Message message;
    ASSERT_TRUE(eventually(std::array{&router}, [&] { return router.receive(route, message) == Received::message; }));
    const auto opened = router.next_at_the_door();
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->what, AtTheDoor::opened);
    EXPECT_EQ(opened->connection, message.connection());

    end_connection(message.connection());
    std::optional<DoorEvent> closed;
    ASSERT_TRUE(eventually(std::array{&dealer}, [&] { return (closed = router.next_at_the_door()).has_value(); }));
    EXPECT_EQ(closed->what, AtTheDoor::closed);
    EXPECT_EQ(closed->connection, opened->connection);
    EXPECT_TRUE(eventually(std::array{&router}, [&] {
        return router.send_to(as_text(route.view()), Message(as_bytes("gone?"))) == Sent::unreachable;
    }));
    EXPECT_EQ(Message().connection(), -1);
}

TEST_F(Sockets, ReportATakenPort)
{
    Socket first(context_, Pattern::router, generous);
    const auto endpoint = first.bind("tcp://127.0.0.1:*", hub_key_, gatekeeper_);
    Socket second(context_, Pattern::router, generous);
    try {
        second.bind(endpoint, hub_key_, gatekeeper_);
        FAIL() << "bound twice";
    } catch (const BindError& error) {
        EXPECT_NE(std::string(error.what()).find("already in use"), std::string::npos) << error.what();
    }
}

TEST_F(Sockets, RefuseAServerKeyThatIsNone)
{
    Socket dealer(context_, Pattern::dealer, generous);
    EXPECT_THROW(dealer.connect("tcp://127.0.0.1:1", peer_key_, "nonsense"), KeyError);
}

TEST(Gatekeeper, CanOnlyStandOnceInAContext)
{
    Context context;
    const Gatekeeper first(context, {});
    EXPECT_ANY_THROW(Gatekeeper(context, {}));
}

TEST(Wake, EndsAWait)
{
    Wake wake;
    wake.signal();
    const auto before = steady_clock::now();
    wait_for_any({}, wake, std::chrono::seconds(10));
    EXPECT_LT(steady_clock::now() - before, std::chrono::seconds(5));
}

TEST(Message, SharesItsContent)
{
    const Message message(as_bytes(std::string(1'000, 'x')));
    const auto copy = message.share();
    EXPECT_EQ(copy.view().data(), message.view().data());
    EXPECT_EQ(copy.view().size(), 1'000U);
    EXPECT_EQ(message.user_id(), "");
}

}  // namespace
}  // namespace gonghui::zeromq
