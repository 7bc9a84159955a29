// Appends to a JetStream of NATS, published asynchronously: `--window` unacknowledged messages per connection.

#include "tests/bench/load.hpp"
#include "tests/bench/nats_connection.hpp"
#include "tests/bench/payload.hpp"

namespace gonghui::bench {
namespace {

int run(int argc, char** argv)
{
    CLI::App app{"appends to a JetStream"};
    Shape shape;
    std::string url;
    add_options(app, shape);
    app.add_option("--url", url)->required();
    CLI11_PARSE(app, argc, argv);

    nats::make_stream(url);
    return measure(shape, [&](int number, Meter& meter) {
        nats::Publisher publisher(url, shape.window, [&meter](const char*) { meter.add(1); });
        auto payload = make_payload(static_cast<std::uint64_t>(number) + 1);
        while (!meter.is_over()) {
            stamp(payload);
            publisher.publish(payload);
        }
        publisher.finish();
    });
}

}  // namespace
}  // namespace gonghui::bench

int main(int argc, char** argv)
{
    return gonghui::bench::run(argc, argv);
}
