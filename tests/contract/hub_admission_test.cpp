// Who gets in over real sockets, and who does not. Outsiders use libzmq as any outsider could, not this house's
// wrapper.

#include "common/codec/writer.hpp"
#include "common/ids/random.hpp"
#include "common/messaging/client.hpp"
#include "common/messaging/frames.hpp"
#include "common/time/clock.hpp"
#include "services/hub/app/hub.hpp"

#include <gtest/gtest.h>
#include <zmq.h>

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace gonghui::contract {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds patience{10'000};
// How long a test waits to see that nothing comes; libzmq answers on loopback within a millisecond.
constexpr int silence_ms = 300;

Uuid uuid(std::uint8_t number)
{
    Uuid id;
    id.bytes.fill(std::byte{number});
    return id;
}

// A socket of somebody who has read libzmq's manual.
class Outsider {
public:
    explicit Outsider(int type) : context_(zmq_ctx_new()), socket_(zmq_socket(context_, type))
    {
        const int no_wait = 0;
        zmq_setsockopt(socket_, ZMQ_LINGER, &no_wait, sizeof no_wait);
        zmq_setsockopt(socket_, ZMQ_SNDTIMEO, &silence_ms, sizeof silence_ms);
    }
    ~Outsider()
    {
        zmq_close(socket_);
        zmq_ctx_term(context_);
    }
    Outsider(const Outsider&) = delete;
    Outsider& operator=(const Outsider&) = delete;

    void use_curve(const zeromq::KeyPair& own, const std::string& server_key)
    {
        zmq_setsockopt(socket_, ZMQ_CURVE_PUBLICKEY, own.public_key.c_str(), own.public_key.size());
        zmq_setsockopt(socket_, ZMQ_CURVE_SECRETKEY, own.secret_key.c_str(), own.secret_key.size());
        zmq_setsockopt(socket_, ZMQ_CURVE_SERVERKEY, server_key.c_str(), server_key.size());
    }
    void connect(const std::string& endpoint) { ASSERT_EQ(zmq_connect(socket_, endpoint.c_str()), 0); }
    void send(BytesView frame, int flags = 0) { zmq_send(socket_, frame.data(), frame.size(), flags); }

    // Something comes, however busy the machine is.
    std::optional<std::string> answer() { return receive(static_cast<int>(patience.count())); }
    // Nothing comes.
    bool hears_nothing() { return !receive(silence_ms); }

private:
    std::optional<std::string> receive(int timeout_ms)
    {
        zmq_setsockopt(socket_, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
        std::array<char, 4096> buffer{};
        const int size = zmq_recv(socket_, buffer.data(), buffer.size(), 0);
        if (size < 0) return std::nullopt;
        return std::string(buffer.data(), static_cast<std::size_t>(size));
    }

    void* context_;
    void* socket_;
};

class HubAdmission : public testing::Test {
protected:
    HubAdmission()
        : hub_(settings(), hub_key_, grants(), clock_, random_),
          thread_([this](const std::stop_token& stop) { hub_.run(stop); })
    {
    }

    static hub::HubSettings settings()
    {
        hub::HubSettings settings;
        settings.district = "331083";
        return settings;
    }

    [[nodiscard]] std::vector<hub::Grant> grants() const
    {
        hub::Grant ctl;
        ctl.public_key = ctl_key_.public_key;
        ctl.service = "ctl";
        ctl.publish = {"training"};
        ctl.follow = {"training"};
        ctl.call = {"training.*", "hub._status"};
        return {ctl};
    }

    [[nodiscard]] messaging::HubAddress address() const
    {
        const auto& endpoints = hub_.endpoints();
        return {endpoints.publish, endpoints.subscribe, endpoints.request, hub_key_.public_key};
    }

    static Bytes status_request(std::uint8_t id)
    {
        messaging::OutgoingRequest request;
        request.id = uuid(id);
        request.type = "hub._status";
        codec::Writer frame;
        messaging::append_request(frame, messaging::encode_request(request));
        return frame.take();
    }

    bool figures_show(const std::function<bool(const hub::HubFigures&)>& condition)
    {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < deadline) {
            if (condition(hub_.figures())) return true;
            std::this_thread::yield();
        }
        return false;
    }

    // The hub still serves those who may.
    void expect_alive()
    {
        zeromq::Context context;
        messaging::Client client(context, address(), ctl_key_);
        ASSERT_EQ(client.connect(patience), zeromq::Link::up);
        messaging::OutgoingRequest request;
        request.id = uuid(77);
        request.type = "hub._status";
        EXPECT_TRUE(client.call(request, patience));
    }

    zeromq::KeyPair hub_key_ = zeromq::KeyPair::generate();
    zeromq::KeyPair ctl_key_ = zeromq::KeyPair::generate();
    SystemClock clock_;
    SystemRandom random_;
    hub::Hub hub_;
    std::jthread thread_;
};

TEST_F(HubAdmission, LetsAGrantedKeyIn)
{
    Outsider ctl(ZMQ_DEALER);
    ctl.use_curve(ctl_key_, hub_key_.public_key);
    ctl.connect(hub_.endpoints().request);
    ctl.send(status_request(1));
    EXPECT_TRUE(ctl.answer());
}

TEST_F(HubAdmission, KeepsAPlaintextPeerOut)
{
    for (const auto& endpoint : {hub_.endpoints().request, hub_.endpoints().publish, hub_.endpoints().subscribe}) {
        Outsider plain(ZMQ_DEALER);
        plain.connect(endpoint);
        plain.send(status_request(1));
        EXPECT_TRUE(plain.hears_nothing()) << endpoint;
    }
    expect_alive();
    EXPECT_EQ(hub_.figures().requests.refused, 0) << "nothing of it came as far as a request";
}

TEST_F(HubAdmission, KeepsAnUnknownKeyOut)
{
    Outsider stranger(ZMQ_DEALER);
    stranger.use_curve(zeromq::KeyPair::generate(), hub_key_.public_key);
    stranger.connect(hub_.endpoints().request);
    stranger.send(status_request(1));
    EXPECT_TRUE(stranger.hears_nothing());
    EXPECT_TRUE(figures_show([](const auto& figures) { return figures.door.keys_refused > 0; }));
    expect_alive();
}

TEST_F(HubAdmission, TellsAClientThatItsKeyIsUnknown)
{
    zeromq::Context context;
    messaging::Client client(context, address(), zeromq::KeyPair::generate());
    EXPECT_EQ(client.connect(patience), zeromq::Link::refused);
}

TEST_F(HubAdmission, AnImpostorOfTheHubGetsNobody)
{
    auto elsewhere = address();
    elsewhere.public_key = zeromq::KeyPair::generate().public_key;  // what the client believes the hub's key to be
    zeromq::Context context;
    messaging::Client client(context, elsewhere, ctl_key_);
    EXPECT_EQ(client.connect(milliseconds(silence_ms)), zeromq::Link::connecting);
}

TEST_F(HubAdmission, PassesOverMultiPartAndNonsense)
{
    Outsider ctl(ZMQ_DEALER);
    ctl.use_curve(ctl_key_, hub_key_.public_key);
    ctl.connect(hub_.endpoints().request);
    ctl.send(as_bytes("two"), ZMQ_SNDMORE);
    ctl.send(as_bytes("parts"));
    ctl.send({});
    ctl.send(as_bytes("%PDF-1.7"));
    const auto answer = ctl.answer();
    ASSERT_TRUE(answer);
    EXPECT_NE(answer->find("undecodable"), std::string::npos);
    ctl.send(status_request(1));
    EXPECT_TRUE(ctl.answer());
}

TEST_F(HubAdmission, RefusesAWrongFollowAWrongTopicAndAWrongCall)
{
    zeromq::Context context;
    messaging::ZeroMqTransport transport(context, address(), ctl_key_);
    transport.follow("331083.registration.");
    transport.hold({{"331083", "training", 0}, 1, 1, 1, 0});
    transport.publish("331083.registration.member_left", as_bytes("\x81\xa6source\xb5"
                                                                  "331083/registration/0"));
    messaging::OutgoingRequest request;
    request.id = uuid(1);
    request.type = "registration.approve";
    transport.request(messaging::encode_request(request));

    std::vector<messaging::Inbound> arrived;
    std::vector<messaging::HubRefusal> refusals;
    EXPECT_TRUE(figures_show([&](const auto& figures) {
        transport.receive(arrived, 10);
        for (auto& refusal : transport.take_refusals()) refusals.push_back(std::move(refusal));
        return !refusals.empty() && figures.events.refused == 1 && figures.requests.refused == 1 &&
               figures.partitions_held == 1;
    }));
    EXPECT_FALSE(transport.is_following());
    ASSERT_FALSE(refusals.empty());
    EXPECT_EQ(refusals.front().code, "not_permitted");
    EXPECT_EQ(refusals.front().what, "331083.registration.");
}

TEST_F(HubAdmission, AFollowerIsTakenUpAgainByAHubThatWasRestarted)
{
    zeromq::Context context;
    std::optional<messaging::ZeroMqTransport> transport;
    auto fixed = settings();
    {
        hub::Hub first(fixed, hub_key_, grants(), clock_, random_);
        fixed.publish = first.endpoints().publish;
        fixed.subscribe = first.endpoints().subscribe;
        fixed.request = first.endpoints().request;
        const std::jthread thread([&](const std::stop_token& stop) { first.run(stop); });
        transport.emplace(context,
                          messaging::HubAddress{fixed.publish, fixed.subscribe, fixed.request, hub_key_.public_key},
                          ctl_key_);
        transport->follow("331083.training.");
        std::vector<messaging::Inbound> arrived;
        EXPECT_TRUE(figures_show([&](const auto&) {
            transport->receive(arrived, 10);
            return transport->is_following();
        }));
    }
    hub::Hub second(fixed, hub_key_, grants(), clock_, random_);
    const std::jthread thread([&](const std::stop_token& stop) { second.run(stop); });
    std::vector<messaging::Inbound> arrived;
    EXPECT_TRUE(figures_show([&](const auto&) {
        transport->receive(arrived, 10);
        return second.figures().followers == 1;
    }));
}

TEST(HubBind, NamesATakenPort)
{
    zeromq::Context context;
    const zeromq::Gatekeeper gatekeeper(context, {});
    zeromq::Socket taken(context, zeromq::Pattern::router, {});
    hub::HubSettings settings;
    settings.district = "331083";
    settings.publish = taken.bind("tcp://127.0.0.1:*", zeromq::KeyPair::generate(), gatekeeper);
    SystemClock clock;
    SystemRandom random;
    try {
        const hub::Hub hub(settings, zeromq::KeyPair::generate(), {}, clock, random);
        FAIL() << "bound twice";
    } catch (const zeromq::BindError& error) {
        EXPECT_NE(std::string(error.what()).find(settings.publish), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace gonghui::contract
