// Appends to a stream of Redis: a pipeline of `--window` XADDs per connection, then its answers, again and again.

#include "tests/bench/load.hpp"
#include "tests/bench/payload.hpp"
#include "tests/bench/redis_connection.hpp"

namespace gonghui::bench {
namespace {

void append(redis::Connection& connection, Payload& payload, int pipeline)
{
    for (int i = 0; i < pipeline; ++i) {
        stamp(payload);
        connection.append("XADD bench * p %b", payload.data(), payload.size());
    }
    for (int i = 0; i < pipeline; ++i) connection.reply();
}

int run(int argc, char** argv)
{
    CLI::App app{"appends to a stream of Redis"};
    Shape shape;
    int port = 0;
    add_options(app, shape);
    app.add_option("--port", port)->required();
    CLI11_PARSE(app, argc, argv);

    redis::Connection(port).ask("FLUSHALL");
    return measure(shape, [&](int number, Meter& meter) {
        redis::Connection connection(port);
        auto payload = make_payload(static_cast<std::uint64_t>(number) + 1);
        while (!meter.is_over()) {
            append(connection, payload, shape.window);
            meter.add(shape.window);
        }
    });
}

}  // namespace
}  // namespace gonghui::bench

int main(int argc, char** argv)
{
    return gonghui::bench::run(argc, argv);
}
