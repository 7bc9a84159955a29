// How many attempts one partition decides per second on one core: real host, real store (synchronous=FULL), answers
// encoded; no sockets. 20,000 members send 50,000 attempts at 24 classes of 30 seats, as in the season.
//
//     training_enroll_bench [folder for the store]

#include "common/ids/seeded_random.hpp"
#include "common/messaging/host.hpp"
#include "common/messaging/inline_executor_fake.hpp"
#include "schemas/generated/training/codecs.hpp"
#include "services/training/app/wiring.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <map>

namespace gonghui::training {
namespace {

constexpr int members = 20'000;
constexpr int attempts = 50'000;
constexpr int classes = 24;

// Hands over what was prepared, and counts the answers.
class Loopback final : public messaging::Transport {
public:
    std::size_t receive(std::vector<messaging::Inbound>& out, std::size_t limit) override
    {
        std::size_t given = 0;
        for (; given < limit && next < requests.size(); ++given, ++next)
            out.emplace_back(messaging::InboundRequest{next, "edge", requests[next]});
        return given;
    }
    void follow(std::string_view) override {}
    void publish(std::string_view, BytesView) override {}
    void reply(messaging::ReplyToken, BytesView reply) override
    {
        codec::Parser parser;
        const auto received = messaging::decode_reply(parser, reply);
        ++outcomes[received
                       ? std::string(received->outcome == messaging::Outcome::accepted ? "accepted" : received->code)
                       : "undecodable"];
        ++answered;
    }
    void request(BytesView) override {}
    void hold(const messaging::Holding&) override {}
    void release(const messaging::Source&) override {}

    std::vector<Bytes> requests;
    std::size_t next = 0;
    std::size_t answered = 0;
    std::map<std::string, int> outcomes;
};

template <class AnyId>
AnyId random_id(Random& random)
{
    return AnyId(make_random_uuid(random));
}

struct Season {
    CampaignId campaign;
    std::vector<ClassId> classes;
    std::vector<PersonId> members;
};

Season prepare(sqlite::Database& database, TrainingStore& store, Random& random, UtcTime now)
{
    sqlite::Transaction transaction(database);
    Season season;
    season.campaign = random_id<CampaignId>(random);
    const auto organisation = random_id<OrganisationId>(random);
    const auto course = random_id<CourseId>(random);
    evolve(store, CourseAdded{course, "茶艺", "Tea", std::nullopt});
    evolve(store, CampaignPlanned{season.campaign, organisation, "夜校", "Evenings", now - std::chrono::hours(1),
                                  now + std::chrono::hours(24), 2, 86'400, std::nullopt});
    for (int i = 0; i < classes; ++i) {
        const auto starts_at = now + std::chrono::hours(24 * (7 + i / 2));
        ClassOpened opened{};
        opened.class_id = random_id<ClassId>(random);
        opened.campaign_id = season.campaign;
        opened.course_id = course;
        opened.organisation_id = organisation;
        opened.capacity = 30;
        opened.venue = "301";
        opened.sessions = {{starts_at, starts_at + std::chrono::hours(2)}};
        evolve(store, opened);
        season.classes.push_back(opened.class_id);
    }
    for (int i = 0; i < members; ++i) {
        registration::MemberJoined joined{};
        joined.person_id = random_id<PersonId>(random);
        joined.organisation_id = organisation;
        joined.birth_year = 1990;
        evolve(store, joined);
        season.members.push_back(joined.person_id);
    }
    transaction.commit();
    return season;
}

Bytes attempt(const Season& season, SeededRandom& random, UtcTime now)
{
    Enroll command{season.campaign, season.classes[random.next() % classes], season.members[random.next() % members]};
    codec::Writer out;
    encode(out, command);
    messaging::OutgoingRequest request;
    request.id = make_ordered_uuid(now, random);
    request.type = Enroll::type;
    request.key = command.key();
    request.actor = Actor{Role::worker, command.person_id.uuid, {}, "edge"};
    request.data = out.take();
    return messaging::encode_request(request);
}

int run(const std::filesystem::path& path)
{
    SeededRandom random{1};
    SystemClock clock;
    sqlite::Database database(path);
    messaging::migrate_host_tables(database);
    migrate(database);
    TrainingStore store(database);
    messaging::Handlers<TrainingStore> handlers(store);
    wire(handlers);
    const auto season = prepare(database, store, random, clock.now());

    Loopback transport;
    for (int i = 0; i < attempts; ++i) transport.requests.push_back(attempt(season, random, clock.now()));
    messaging::InlineExecutor readers(database);
    const auto key = sealing::Key::make(random);
    messaging::HostSettings settings;
    settings.source = {"331083", "training", 0};
    messaging::Host host(settings, {.database = database,
                                    .service = handlers,
                                    .transport = transport,
                                    .executor = readers,
                                    .clock = clock,
                                    .random = random,
                                    .service_key = key});

    const auto begin = std::chrono::steady_clock::now();
    const auto cpu_begin = std::clock();
    while (transport.answered < transport.requests.size()) host.step();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    const double on_core = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;

    for (const auto& [outcome, count] : transport.outcomes) std::printf("%-24s %8d\n", outcome.c_str(), count);
    std::printf("%-24s %8.0f\n", "attempts per second", attempts / took.count());
    std::printf("%-24s %8.0f\n", "per second of a core", attempts / on_core);  // what a busy machine leaves comparable
    return 0;
}

}  // namespace
}  // namespace gonghui::training

int main(int argc, char** argv)
{
    const std::filesystem::path folder = argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string();
    const auto store = folder / "training-enroll-bench.db";
    for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(store.string() + suffix);
    return gonghui::training::run(store);
}
