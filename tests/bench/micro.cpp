// What the steps of one enrollment cost on one core, without a disk: stores are in memory and nothing is committed.

#include "common/ids/seeded_random.hpp"
#include "common/messaging/event_log.hpp"
#include "common/messaging/frames.hpp"
#include "common/messaging/host.hpp"
#include "schemas/generated/training/codecs.hpp"
#include "services/training/app/wiring.hpp"
#include "services/training/domain/enroll.hpp"
#include "tests/bench/people.hpp"

#include <benchmark/benchmark.h>

namespace gonghui::training {
namespace {

using bench::Kind;

constexpr std::uint64_t people = 100'000;

// A class of a campaign and members, in a store in memory.
class Season {
public:
    Season() : database(":memory:"), store((messaging::migrate_host_tables(database), migrate(database), database))
    {
        now = SystemClock{}.now();
        sqlite::Transaction transaction(database);
        const auto organisation = OrganisationId(bench::id_of(Kind::organisation, 0));
        const auto course = CourseId(bench::id_of(Kind::course, 0));
        evolve(store, CourseAdded{course, "茶艺", "Tea", std::nullopt});
        evolve(store, CampaignPlanned{campaign, organisation, "夜校", "Evenings", now - std::chrono::hours(1),
                                      now + std::chrono::hours(24), 2, 86'400, std::nullopt});
        ClassOpened opened{};
        opened.class_id = wanted;
        opened.campaign_id = campaign;
        opened.course_id = course;
        opened.organisation_id = organisation;
        opened.capacity = 5'000;
        opened.venue = "301";
        opened.sessions = {{now + std::chrono::hours(100), now + std::chrono::hours(102)}};
        evolve(store, opened);
        registration::MemberJoined joined{};
        joined.organisation_id = organisation;
        joined.birth_year = 1990;
        for (std::uint64_t i = 0; i < people; ++i) {
            joined.person_id = person(i);
            evolve(store, joined);
        }
        transaction.commit();
    }

    static PersonId person(std::uint64_t number) { return PersonId(bench::id_of(Kind::person, number % people)); }

    [[nodiscard]] Enroll command(std::uint64_t number) const { return {campaign, wanted, person(number)}; }

    [[nodiscard]] Waitlisted event(std::uint64_t number) const
    {
        return {wanted, campaign, person(number), now, static_cast<std::int64_t>(number) + 1};
    }

    sqlite::Database database;
    TrainingStore store;
    UtcTime now;
    CampaignId campaign{bench::id_of(Kind::campaign, 0)};
    ClassId wanted{bench::id_of(Kind::training_class, 0)};
};

Bytes request_of(const Season& season)
{
    SeededRandom random(1);
    const auto command = season.command(1);
    codec::Writer data;
    encode(data, command);
    messaging::OutgoingRequest request;
    request.id = make_ordered_uuid(season.now, random);
    request.type = Enroll::type;
    request.key = command.key();
    request.actor = Actor{Role::worker, command.person_id.uuid, {}, {}};
    request.data = data.take();
    return encode_request(request);
}

Bytes event_of(const Season& season, std::int64_t seq)
{
    codec::Writer data;
    encode(data, season.event(1));
    messaging::EventHeader header;
    header.id = bench::id_of(Kind::course, 1);
    header.source = "331083/training/0";
    header.type = "waitlisted";
    header.subject = "0190b6a0-0000-7001-8000-000000000000";
    header.time = season.now;
    header.dataschema = Waitlisted::dataschema;
    header.seq = seq;
    header.cause = header.id;
    codec::Writer out;
    encode_event(out, header, data.view());
    return out.take();
}

void decode_a_request(benchmark::State& state)
{
    const Season season;
    const auto bytes = request_of(season);
    codec::Parser parser;
    for (auto _ : state) {
        const auto request = messaging::decode_request(parser, bytes, "edge");
        Enroll command;
        codec::Errors errors;
        decode(request->data, command, errors);
        benchmark::DoNotOptimize(command);
    }
}
BENCHMARK(decode_a_request);

void fingerprint_a_request(benchmark::State& state)
{
    const Season season;
    const auto bytes = request_of(season);
    codec::Parser parser;
    const auto request = messaging::decode_request(parser, bytes, "edge");
    for (auto _ : state) benchmark::DoNotOptimize(messaging::fingerprint(*request));
}
BENCHMARK(fingerprint_a_request);

void read_the_facts(benchmark::State& state)
{
    Season season;
    std::uint64_t number = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(season.store.enroll_facts(season.campaign, season.wanted, Season::person(++number)));
}
BENCHMARK(read_the_facts);

void decide_an_enrollment(benchmark::State& state)
{
    Season season;
    const auto command = season.command(1);
    const auto facts = season.store.enroll_facts(command.campaign_id, command.class_id, command.person_id);
    const Actor actor{Role::worker, command.person_id.uuid, {}, "edge"};
    for (auto _ : state) benchmark::DoNotOptimize(enroll(facts, command, actor, season.now));
}
BENCHMARK(decide_an_enrollment);

// Each of another person; nobody twice.
void evolve_an_enrollment(benchmark::State& state)
{
    Season season;
    const sqlite::Transaction transaction(season.database);
    std::uint64_t number = 0;
    for (auto _ : state) evolve(season.store, season.event(number++));
}
BENCHMARK(evolve_an_enrollment)->Iterations(people);

void append_to_the_log(benchmark::State& state)
{
    Season season;
    const sqlite::Transaction transaction(season.database);
    messaging::EventLog log(season.database);
    const auto bytes = event_of(season, 1);  // the same again: the log does not look into it
    for (auto _ : state) log.append(bytes, season.now);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(append_to_the_log)->Iterations(people);

void publish_into_a_frame(benchmark::State& state)
{
    const Season season;
    const auto bytes = event_of(season, 1);
    constexpr std::size_t frame_bytes = 32 * 1024;
    codec::Writer frame;
    for (auto _ : state) {
        if (frame.view().size() >= frame_bytes) frame.clear();
        messaging::append_event(frame, "331083.training.waitlisted", bytes);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(publish_into_a_frame);

}  // namespace
}  // namespace gonghui::training

BENCHMARK_MAIN();
