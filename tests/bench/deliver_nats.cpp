// Appends to a JetStream while a durable consumer pulls and acknowledges. It stores no effect.

#include "tests/bench/delivery.hpp"
#include "tests/bench/nats_connection.hpp"

#include <thread>

namespace gonghui::bench {
namespace {

constexpr int batch = 500;

int run(int argc, char** argv)
{
    CLI::App app{"delivers through a JetStream"};
    Shape shape;
    std::string url;
    add_options(app, shape);
    app.add_option("--url", url)->required();
    CLI11_PARSE(app, argc, argv);

    nats::make_stream(url);
    nats::Consumer consumer(url);
    return deliver(
        shape,
        [&](int number, Delivery& delivery) {
            nats::Publisher publisher(url, shape.window, [&](const char*) { delivery.add_published(1); });
            auto payload = make_payload(static_cast<std::uint64_t>(number) + 1);
            for (Pace pace(shape); !delivery.is_over();) {
                if (!pace.is_due()) std::this_thread::sleep_for(pace.patience());
                stamp(payload);
                publisher.publish(payload);
                pace.sent();
            }
            publisher.finish();
        },
        [&](Delivery& delivery) {
            while (!delivery.is_complete())
                consumer.take(batch, [&](const char* data) { delivery.arrived(moment_of(data)); });
        });
}

}  // namespace
}  // namespace gonghui::bench

int main(int argc, char** argv)
{
    return gonghui::bench::run(argc, argv);
}
