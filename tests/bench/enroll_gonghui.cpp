// Tries for seats over the bus: training's own command, `--window` attempts under way per connection.

#include "common/ids/seeded_random.hpp"
#include "schemas/generated/training/codecs.hpp"
#include "tests/bench/gonghui_client.hpp"
#include "tests/bench/payload.hpp"
#include "tests/bench/people.hpp"

namespace gonghui::bench {
namespace {

Command enroll(const Attempts& attempts, std::uint64_t attempt, std::uint64_t campaign, Random& random)
{
    training::Enroll command;
    command.campaign_id = CampaignId(id_of(Kind::campaign, campaign));
    command.class_id = ClassId(attempts.wanted(attempt));
    command.person_id = PersonId(attempts.person(attempt));
    codec::Writer data;
    encode(data, command);
    messaging::OutgoingRequest request;
    request.id = make_ordered_uuid(SystemClock{}.now(), random);
    request.type = training::Enroll::type;
    request.key = command.key();
    request.actor = Actor{Role::worker, command.person_id.uuid, {}, {}};
    request.data = data.take();
    return {request.id, encode_request(request)};
}

int run(int argc, char** argv)
{
    CLI::App app{"tries for seats over the bus"};
    Shape shape;
    District district;
    Attempts attempts;
    std::uint64_t campaign = 0;
    add_options(app, shape);
    add_options(app, district);
    app.add_option("--members", attempts.members)->required();
    app.add_option("--classes", attempts.classes)->required();
    app.add_option("--first-class", attempts.first_class);
    app.add_option("--campaign", campaign);
    CLI11_PARSE(app, argc, argv);

    std::atomic<std::uint64_t> next = 0;
    return measure(shape, district, 1, [&](int thread) {
        const auto seed = static_cast<std::uint64_t>(moment() * 1000 + thread);
        return [&, random = std::make_shared<SeededRandom>(seed)]() -> std::optional<Command> {
            const auto attempt = next++;
            if (attempt >= attempts.count()) return std::nullopt;
            return enroll(attempts, attempt, campaign, *random);
        };
    });
}

}  // namespace
}  // namespace gonghui::bench

int main(int argc, char** argv)
{
    return gonghui::bench::run(argc, argv);
}
