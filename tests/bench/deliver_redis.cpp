// Appends to a stream of Redis while a consumer of a group reads and acknowledges. It stores no effect.

#include "tests/bench/delivery.hpp"
#include "tests/bench/redis_connection.hpp"

#include <thread>
#include <vector>

namespace gonghui::bench {
namespace {

constexpr int batch = 500;

void publish(redis::Connection& connection, Payload& payload, Pace& pace, const Shape& shape, Delivery& delivery)
{
    int sent = 0;
    for (; sent < shape.window && (sent == 0 || pace.is_due()); ++sent, pace.sent()) {
        stamp(payload);
        connection.append("XADD bench * p %b", payload.data(), payload.size());
    }
    for (int i = 0; i < sent; ++i) connection.reply();
    delivery.add_published(sent);
}

// What XREADGROUP answers: [[stream, [[id, [field, value]], ...]]], or nil.
void take(redis::Connection& connection, Delivery& delivery)
{
    const auto answer = connection.ask("XREADGROUP GROUP mirror one COUNT %d BLOCK 100 STREAMS bench >", batch);
    if (answer->type != REDIS_REPLY_ARRAY) return;
    const auto* entries = answer->element[0]->element[1];
    std::vector<const char*> acknowledge{"XACK", "bench", "mirror"};
    for (std::size_t i = 0; i < entries->elements; ++i) acknowledge.push_back(entries->element[i]->element[0]->str);
    connection.append(acknowledge);
    connection.reply();
    for (std::size_t i = 0; i < entries->elements; ++i)
        delivery.arrived(moment_of(entries->element[i]->element[1]->element[1]->str));
}

int run(int argc, char** argv)
{
    CLI::App app{"delivers through a stream of Redis"};
    Shape shape;
    int port = 0;
    add_options(app, shape);
    app.add_option("--port", port)->required();
    CLI11_PARSE(app, argc, argv);

    redis::Connection consumer(port);
    consumer.ask("FLUSHALL");
    consumer.ask("XGROUP CREATE bench mirror $ MKSTREAM");
    return deliver(
        shape,
        [&](int number, Delivery& delivery) {
            redis::Connection connection(port);
            auto payload = make_payload(static_cast<std::uint64_t>(number) + 1);
            for (Pace pace(shape); !delivery.is_over();) {
                if (!pace.is_due()) std::this_thread::sleep_for(pace.patience());
                publish(connection, payload, pace, shape, delivery);
            }
        },
        [&](Delivery& delivery) {
            while (!delivery.is_complete()) take(consumer, delivery);
        });
}

}  // namespace
}  // namespace gonghui::bench

int main(int argc, char** argv)
{
    return gonghui::bench::run(argc, argv);
}
