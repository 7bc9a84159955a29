// Appends over the bus: commands of `--events` events each.

#include "common/ids/seeded_random.hpp"
#include "tests/bench/gonghui_client.hpp"
#include "tests/bench/ledger/messages.hpp"
#include "tests/bench/payload.hpp"

namespace gonghui::bench {
namespace {

Command append(int events, Payload& payload, Random& random)
{
    ledger::Append command;
    for (int i = 0; i < events; ++i) {
        stamp(payload);
        command.payloads.push_back(to_bytes(payload));
    }
    codec::Writer data;
    encode(data, command);
    messaging::OutgoingRequest request;
    request.id = make_ordered_uuid(SystemClock{}.now(), random);
    request.type = ledger::Append::type;
    request.data = data.take();
    return {request.id, encode_request(request)};
}

int run(int argc, char** argv)
{
    CLI::App app{"appends over the bus"};
    Shape shape;
    District district;
    int events = 1;
    add_options(app, shape);
    add_options(app, district);
    app.add_option("--events", events, "of one command");
    CLI11_PARSE(app, argc, argv);

    return measure(shape, district, events, [&](int thread) {
        const auto seed = static_cast<std::uint64_t>(moment() * 1000 + thread);
        return [=, random = std::make_shared<SeededRandom>(seed), payload = make_payload(seed)]() mutable {
            return append(events, payload, *random);
        };
    });
}

}  // namespace
}  // namespace gonghui::bench

int main(int argc, char** argv)
{
    return gonghui::bench::run(argc, argv);
}
