// Appends to a quorum queue of RabbitMQ with publisher confirms: `--window` unconfirmed messages per connection.

#include "tests/bench/load.hpp"
#include "tests/bench/payload.hpp"

#include <amqp.h>
#include <amqp_tcp_socket.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>

namespace gonghui::bench {
namespace {

constexpr auto queue = "bench";
constexpr amqp_channel_t channel = 1;

struct Deleter {
    void operator()(amqp_connection_state_t connection) const { amqp_destroy_connection(connection); }
};

class Connection {
public:
    explicit Connection(int port) : connection_(amqp_new_connection())
    {
        auto* socket = amqp_tcp_socket_new(connection_.get());
        if (amqp_socket_open(socket, "127.0.0.1", port) != AMQP_STATUS_OK)
            throw std::runtime_error("cannot connect to RabbitMQ");
        check(amqp_login(connection_.get(), "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest"), "log in");
        amqp_channel_open(connection_.get(), channel);
        check(amqp_get_rpc_reply(connection_.get()), "open a channel");
    }

    void make_empty_queue()
    {
        amqp_queue_delete(connection_.get(), channel, amqp_cstring_bytes(queue), 0, 0);
        check(amqp_get_rpc_reply(connection_.get()), "delete the queue");
        amqp_table_entry_t kind{};
        kind.key = amqp_cstring_bytes("x-queue-type");
        kind.value.kind = AMQP_FIELD_KIND_UTF8;
        kind.value.value.bytes = amqp_cstring_bytes("quorum");
        const amqp_table_t arguments{1, &kind};
        amqp_queue_declare(connection_.get(), channel, amqp_cstring_bytes(queue), 0, 1, 0, 0, arguments);
        check(amqp_get_rpc_reply(connection_.get()), "declare the queue");
    }

    void want_confirms()
    {
        amqp_confirm_select(connection_.get(), channel);
        check(amqp_get_rpc_reply(connection_.get()), "select confirms");
    }

    void publish(Payload& payload)
    {
        amqp_basic_properties_t properties{};
        properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
        properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
        if (amqp_basic_publish(connection_.get(), channel, amqp_cstring_bytes(""), amqp_cstring_bytes(queue), 0, 0,
                               &properties, {payload.size(), payload.data()}) != AMQP_STATUS_OK)
            throw std::runtime_error("cannot publish");
        ++published_;
    }

    [[nodiscard]] std::uint64_t unconfirmed() const { return published_ - confirmed_; }

    // Waits for one confirmation, which may be of many; how many.
    std::int64_t confirmation()
    {
        amqp_frame_t frame;
        if (amqp_simple_wait_frame(connection_.get(), &frame) != AMQP_STATUS_OK)
            throw std::runtime_error("no confirmation");
        if (frame.frame_type != AMQP_FRAME_METHOD) return 0;
        if (frame.payload.method.id != AMQP_BASIC_ACK_METHOD) throw std::runtime_error("not confirmed");
        const auto* acknowledged = static_cast<amqp_basic_ack_t*>(frame.payload.method.decoded);
        // Those below a `multiple` are confirmed; single ones may come out of order, and then count by themselves.
        const auto before = confirmed_;
        if (acknowledged->multiple != 0)
            confirmed_ = std::max(confirmed_, acknowledged->delivery_tag);
        else
            ++confirmed_;
        amqp_maybe_release_buffers(connection_.get());
        return static_cast<std::int64_t>(confirmed_ - before);
    }

private:
    static void check(const amqp_rpc_reply_t& reply, const char* what)
    {
        if (reply.reply_type != AMQP_RESPONSE_NORMAL) throw std::runtime_error(std::string("RabbitMQ: ") + what);
    }

    std::unique_ptr<amqp_connection_state_t_, Deleter> connection_;
    std::uint64_t published_ = 0;
    std::uint64_t confirmed_ = 0;
};

void append(int port, int number, int window, Meter& meter)
{
    Connection connection(port);
    connection.want_confirms();
    auto payload = make_payload(static_cast<std::uint64_t>(number) + 1);
    while (!meter.is_over()) {
        while (connection.unconfirmed() < static_cast<std::uint64_t>(window)) {
            stamp(payload);
            connection.publish(payload);
        }
        meter.add(connection.confirmation());
    }
}

int run(int argc, char** argv)
{
    CLI::App app{"appends to a quorum queue"};
    Shape shape;
    int port = 0;
    add_options(app, shape);
    app.add_option("--port", port)->required();
    CLI11_PARSE(app, argc, argv);

    Connection(port).make_empty_queue();
    return measure(shape, [&](int number, Meter& meter) { append(port, number, shape.window, meter); });
}

}  // namespace
}  // namespace gonghui::bench

int main(int argc, char** argv)
{
    return gonghui::bench::run(argc, argv);
}
