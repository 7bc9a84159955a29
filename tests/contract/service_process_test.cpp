// A service as a process, from its configuration to its exit code: real files, real sockets, a real hub.

#include "common/ids/random.hpp"
#include "common/messaging/client.hpp"
#include "common/messaging/store_check.hpp"
#include "common/messaging/toy_service_fake.hpp"
#include "common/runtime/serve.hpp"
#include "common/runtime/store_files.hpp"
#include "common/runtime/store_lock.hpp"
#include "services/hub/app/hub.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <functional>
#include <future>
#include <thread>

namespace gonghui::contract {
namespace {

using messaging::Outcome;
using std::chrono::steady_clock;
using testing::HasSubstr;

constexpr std::chrono::seconds patience{20};

// Counts for whoever asks; for a person only under that person's key.
class Counter final : public runtime::Assembled {
public:
    explicit Counter(runtime::Ground& ground) : store_(ground.database)
    {
        handlers_.command<toy::Add>(
            [&keyring = ground.keyring](const toy::Add& add, messaging::Unit<toy::Store>& unit) {
                if (const auto person = Uuid::parse(add.name); person && !keyring.find_or_want(*person))
                    throw messaging::NotReady("the person's key is on its way");
                unit.record(toy::Added{add.name, add.amount});
                return messaging::Reply::accepted();
            });
        handlers_.query<toy::Total>([](const toy::Total& query, const messaging::Context&, toy::Store& reader) {
            return messaging::Reply::accepted(toy::TotalReply{reader.total(query.name)});
        });
        handlers_.own<toy::Added>();
    }
    messaging::Service& service() override { return handlers_; }

private:
    toy::Store store_;
    messaging::Handlers<toy::Store> handlers_{store_};
};

// For the service's own thread of signals: no other thread of this process may take it.
class BlockedSigterm {
public:
    BlockedSigterm()
    {
        sigset_t blocked{};
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &blocked, &before_);
    }
    ~BlockedSigterm() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    BlockedSigterm(const BlockedSigterm&) = delete;
    BlockedSigterm& operator=(const BlockedSigterm&) = delete;

private:
    sigset_t before_{};
};

class ServiceProcess : public testing::Test {
protected:
    ServiceProcess()
        : hub_({.district = "331083"}, hub_key_, grants(), clock_, random_),
          hub_thread_([this](const std::stop_token& stop) { hub_.run(stop); }),
          ctl_(context_, address(), ctl_key_)
    {
        program_.name = "counter";
        program_.summary = "counts";
        program_.migrate = [](sqlite::Database& database) {
            sqlite::migrate(database, "toy", toy::Store::migrations());
        };
        program_.assemble = [this](runtime::Ground& ground) {
            metrics_ = &ground.metrics;
            return std::make_unique<Counter>(ground);
        };
        sealing::make_key_file(folder_ / "service.key", random_);
        counter_key_.save(folder_ / "counter.key");
        configure("");
    }

    ~ServiceProcess() override
    {
        if (running_.valid() && running_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) stop();
    }

    [[nodiscard]] std::vector<hub::Grant> grants() const
    {
        return {{counter_key_.public_key, "counter", "", {"counter"}, {}, {"registration.read_keys"}, false},
                {registration_key_.public_key, "registration", "", {"registration"}, {}, {}, false},
                {ctl_key_.public_key, "ctl", "", {}, {"*"}, {"*"}, true}};
    }

    [[nodiscard]] messaging::HubAddress address() const
    {
        const auto& bound = hub_.endpoints();
        return {bound.publish, bound.subscribe, bound.request, hub_key_.public_key};
    }

    void configure(std::string_view more)
    {
        const auto hub = address();
        std::ofstream(folder_ / "counter.toml")
            << "district = '331083'\nlog.level = 'error'\nlog.format = 'json'\nhttp.listen = 'off'\nreaders = 2\n"
            << "hub.publish = '" << hub.publish << "'\nhub.subscribe = '" << hub.subscribe << "'\nhub.request = '"
            << hub.request << "'\nhub.public_key = '" << hub.public_key << "'\n"
            << "keys.identity = '" << (folder_ / "counter.key").string() << "'\n"
            << "keys.service = '" << (folder_ / "service.key").string() << "'\n"
            << "store.folder = '" << (folder_ / "store").string() << "'\n"
            << more;
    }

    // As its main does; the exit code.
    int serve()
    {
        std::string name = "gonghui-counter";
        std::string config = "--config=" + (folder_ / "counter.toml").string();
        std::array<char*, 2> argv{name.data(), config.data()};
        return runtime::serve(program_, static_cast<int>(argv.size()), argv.data());
    }

    struct Failed {
        int status;
        std::string said;
    };
    Failed serve_in_vain()
    {
        testing::internal::CaptureStderr();
        const int status = serve();
        return {status, testing::internal::GetCapturedStderr()};
    }

    void start()
    {
        running_ = std::async(std::launch::async, [this] { return serve(); });
    }
    int stop()
    {
        ::kill(::getpid(), SIGTERM);
        return running_.get();
    }

    [[nodiscard]] messaging::OutgoingRequest request(std::string_view type, Bytes data = {}, std::int64_t partition = 0)
    {
        messaging::OutgoingRequest request;
        request.id = make_ordered_uuid(clock_.now(), random_);
        request.type = type;
        request.partition = partition;
        request.data = std::move(data);
        return request;
    }

    template <class Message>
    [[nodiscard]] messaging::OutgoingRequest request_of(const Message& message)
    {
        codec::Writer out;
        encode(out, message);
        return request(Message::type, out.take());
    }

    // Its final answer: as long as hub or service say `retry`, the same is asked again, and `meanwhile` is done.
    // The views in it hold until the next one.
    messaging::ReceivedReply ask(const messaging::OutgoingRequest& request,
                                 const std::function<void()>& meanwhile = std::this_thread::yield)
    {
        const auto deadline = steady_clock::now() + patience;
        do {
            answer_ = ctl_.call(request, std::chrono::seconds(2)).value_or(Bytes{});
            const auto reply = messaging::decode_reply(parser_, answer_);
            if (reply && reply->outcome != Outcome::retry) return *reply;
            meanwhile();
        } while (steady_clock::now() < deadline);
        ADD_FAILURE() << request.type << " was not answered";
        return {};
    }

    [[nodiscard]] std::int64_t total(const std::string& name)
    {
        return ask(request_of(toy::Total{name})).data.find("total").value_or(codec::Value{}).integer().value_or(-1);
    }

    [[nodiscard]] runtime::StoreFiles files(const std::string& partition = "counter-0") const
    {
        return {folder_ / "store", partition};
    }

    BlockedSigterm blocked_;  // first: the threads that are begun later inherit it
    test::TemporaryFolder folder_;
    zeromq::KeyPair hub_key_ = zeromq::KeyPair::generate();
    zeromq::KeyPair ctl_key_ = zeromq::KeyPair::generate();
    zeromq::KeyPair counter_key_ = zeromq::KeyPair::generate();
    zeromq::KeyPair registration_key_ = zeromq::KeyPair::generate();
    SystemClock clock_;
    SystemRandom random_;
    hub::Hub hub_;
    std::jthread hub_thread_;
    zeromq::Context context_;
    messaging::Client ctl_;
    codec::Parser parser_;
    Bytes answer_;
    runtime::ServiceProgram program_;
    std::atomic<process::Metrics*> metrics_ = nullptr;  // of the running service
    std::future<int> running_;
};

TEST_F(ServiceProcess, AnswersUntilItIsToldToEndAndLeavesASoundStore)
{
    start();
    const auto addition = request_of(toy::Add{"a", 2});
    EXPECT_EQ(ask(addition).outcome, Outcome::accepted);
    EXPECT_EQ(ask(addition).outcome, Outcome::accepted) << "the same again";
    EXPECT_EQ(total("a"), 2);
    const auto figures = metrics_.load()->text();
    EXPECT_THAT(figures, HasSubstr(R"(gonghui_requests_total{kind="accepted",partition="0"} 1)"));
    EXPECT_THAT(figures, HasSubstr(R"(gonghui_events_total{kind="published",partition="0"} 1)"));
    EXPECT_THAT(figures, HasSubstr(R"(gonghui_store_bytes{partition="0"} )"));
    EXPECT_THAT(figures, HasSubstr(R"(gonghui_disk_free_bytes{partition="0"} )"));
    EXPECT_EQ(stop(), 0);

    const runtime::StoreLock let_go(files().store());
    sqlite::Database store(files().store());
    const auto report = messaging::check_store(store);
    EXPECT_TRUE(report.is_sound()) << report.complaints.front();
    EXPECT_EQ(report.head, 1);
}

TEST_F(ServiceProcess, TellsAnOperatorHowItStands)
{
    start();
    ask(request_of(toy::Add{"a", 2}));
    const auto status = ask(request("counter._status")).data;
    EXPECT_EQ(status.find("source")->text(), "331083/counter/0");
    EXPECT_EQ(status.find("head")->integer(), 1);
    EXPECT_EQ(status.find("claim")->integer(), 1);
    EXPECT_EQ(status.find("parked")->integer(), 0);
    EXPECT_GT(status.find("store_bytes")->integer().value(), 4096);
    EXPECT_EQ(status.find("counters")->find("events_published")->integer(), 1);
    EXPECT_FALSE(status.find("backup")->find("newest_at"));
}

TEST_F(ServiceProcess, AnswersManyRequestsAtOnceAndPublishesInOrder)
{
    ctl_.follow("331083.counter.");
    start();
    ASSERT_TRUE(ctl_.next_event(patience)) << "a beacon: what is followed comes from now on";
    constexpr int many = 300;
    for (int i = 0; i < many; ++i) ASSERT_TRUE(ctl_.send(messaging::encode_request(request_of(toy::Add{"a", 1}))));
    for (int i = 0; i < many; ++i) {
        const auto bytes = ctl_.next_reply(patience);
        ASSERT_TRUE(bytes);
        EXPECT_EQ(messaging::decode_reply(parser_, *bytes)->outcome, Outcome::accepted);
    }
    EXPECT_EQ(total("a"), many);
    for (int seq = 1; seq <= many;) {
        const auto event = ctl_.next_event(patience);
        ASSERT_TRUE(event) << "before " << seq;
        if (event->topic != "331083.counter.added") continue;
        EXPECT_EQ(messaging::decode_event(parser_, event->bytes)->header.seq, seq++);
    }
}

TEST_F(ServiceProcess, CopiesItsStoreWhenItIsAskedTo)
{
    start();
    ask(request_of(toy::Add{"a", 2}));
    codec::Writer keep;
    keep.map(1);
    keep.text("keep");
    keep.integer(1);
    ASSERT_EQ(ask(request("counter._backup", keep.take())).outcome, Outcome::accepted);
    const auto deadline = steady_clock::now() + patience;
    const auto is_made = [&] {
        return ask(request("counter._status")).data.find("backup")->find("newest_at").has_value();
    };
    while (!is_made()) ASSERT_LT(steady_clock::now(), deadline);
    EXPECT_THAT(metrics_.load()->text(), HasSubstr("gonghui_backup_age_seconds"));
    EXPECT_EQ(stop(), 0);

    const auto made = runtime::backups_of(folder_ / "store" / "backup", "counter-0");
    ASSERT_EQ(made.size(), 1U);
    sqlite::Database copy(made.front().store);
    EXPECT_EQ(messaging::check_store(copy).head, 1);
    EXPECT_TRUE(std::filesystem::exists(made.front().keyring));
}

TEST_F(ServiceProcess, FetchesAPersonsKeyFromWhereItWasBorn)
{
    messaging::ZeroMqTransport registration(context_, address(), registration_key_);
    const auto person = make_random_uuid(random_);
    const auto key = sealing::Key::make(random_);
    std::string asked_by;
    const auto hand_out = [&] {
        registration.hold({{"331083", "registration", 0}, 1, 1, 1, 0});
        std::vector<messaging::Inbound> arrived;
        registration.receive(arrived, 10);
        for (const auto& message : arrived) {
            const auto* asked = std::get_if<messaging::InboundRequest>(&message);
            if (!asked) continue;
            asked_by = asked->caller;
            codec::Parser parser;
            const auto keys_for = messaging::decode_request(parser, asked->bytes, asked->caller).value();
            EXPECT_EQ(keys_for.type, "registration.read_keys");
            ASSERT_EQ(keys_for.data.find("person_ids")->size(), 1U);
            EXPECT_EQ(Uuid::from_bytes(*keys_for.data.find("person_ids")->element(0).binary()), person);
            codec::Writer out;
            out.map(1);
            out.text("keys");
            out.array(1);
            out.map(2);
            out.text("person_id");
            out.binary(person.view());
            out.text("sealed_key");
            out.binary(sealing::seal_for(zeromq::raw_key(counter_key_.public_key), key.view()));
            messaging::Reply reply;
            reply.data = out.take();
            registration.reply(asked->token, messaging::encode_reply(keys_for.id, reply, {"331083/registration/0"}));
        }
        registration.wait(std::chrono::milliseconds(0));
    };
    start();
    EXPECT_EQ(ask(request_of(toy::Add{to_string(person), 1}), hand_out).outcome, Outcome::accepted);
    EXPECT_EQ(asked_by, "counter");
    EXPECT_EQ(stop(), 0);

    SystemRandom random;
    sealing::Keyring kept(files().keyring(), sealing::load_key_file(folder_ / "service.key"), random);
    const auto found = kept.find(person);
    ASSERT_TRUE(found);
    EXPECT_TRUE(std::ranges::equal(found->view(), key.view()));
}

TEST_F(ServiceProcess, ServesEveryPartitionOnAStoreOfItsOwn)
{
    configure("partitions = 2\n");
    start();
    for (const auto partition : {0, 1}) {
        const auto status = ask(request("counter._status", {}, partition)).data;
        EXPECT_EQ(status.find("source")->text(), "331083/counter/" + std::to_string(partition));
    }
    EXPECT_EQ(stop(), 0);
    EXPECT_TRUE(std::filesystem::exists(files("counter-1").store()));
}

TEST_F(ServiceProcess, EndsWhenItsStoreIsInUse)
{
    std::filesystem::create_directories(files().folder);
    const runtime::StoreLock another(files().store());
    const auto failed = serve_in_vain();
    EXPECT_EQ(failed.status, 69);
    EXPECT_THAT(failed.said, HasSubstr("counter-0.db is in use by another process"));
}

TEST_F(ServiceProcess, ServesTheOtherPartitionsWhileAStoreIsInUse)
{
    configure("partitions = 2\n");
    std::filesystem::create_directories(files().folder);
    std::optional<runtime::StoreLock> another(std::in_place, files("counter-1").store());
    start();
    EXPECT_EQ(ask(request("counter._status", {}, 0)).outcome, Outcome::accepted);
    another.reset();
    EXPECT_EQ(ask(request("counter._status", {}, 1)).outcome, Outcome::accepted) << "asked again until it is served";
    EXPECT_EQ(stop(), 0);
}

TEST_F(ServiceProcess, DoesNotServeADamagedLog)
{
    start();
    ask(request_of(toy::Add{"a", 1}));
    EXPECT_EQ(stop(), 0);
    {
        sqlite::Database store(files().store());
        store.run("UPDATE log SET bytes = CAST(replace(bytes, 'added', 'addee') AS BLOB)");
    }
    const auto failed = serve_in_vain();
    EXPECT_EQ(failed.status, 65);
    EXPECT_THAT(failed.said, HasSubstr("damaged at record 1"));
    EXPECT_THAT(failed.said, HasSubstr("gonghui restore"));
}

TEST_F(ServiceProcess, ServesTheOtherPartitionsWhenALogIsDamaged)
{
    configure("partitions = 2\n");
    start();
    auto addition = request_of(toy::Add{"a", 1});
    addition.partition = 1;
    ask(addition);
    EXPECT_EQ(stop(), 0);
    {
        sqlite::Database store(files("counter-1").store());
        store.run("UPDATE log SET bytes = CAST(replace(bytes, 'added', 'addee') AS BLOB)");
    }
    start();
    EXPECT_EQ(ask(request("counter._status", {}, 0)).outcome, Outcome::accepted);
    const auto damaged = messaging::encode_request(request("counter._status", {}, 1));
    ASSERT_TRUE(ctl_.send(damaged));
    const auto reply = ctl_.next_reply(patience);
    ASSERT_TRUE(reply);
    EXPECT_EQ(messaging::decode_reply(parser_, *reply)->code, "partition_unavailable");
    EXPECT_EQ(stop(), 0);
}

TEST_F(ServiceProcess, NamesWhatIsWrongWithItsConfiguration)
{
    configure("partitions = 65\n");
    auto failed = serve_in_vain();
    EXPECT_EQ(failed.status, 78);
    EXPECT_THAT(failed.said, HasSubstr("partitions"));

    configure("");
    std::filesystem::permissions(folder_ / "counter.key", std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    failed = serve_in_vain();
    EXPECT_NE(failed.status, 0);
    EXPECT_THAT(failed.said, HasSubstr("chmod 600"));
}

}  // namespace
}  // namespace gonghui::contract
