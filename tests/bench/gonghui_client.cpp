#include "tests/bench/gonghui_client.hpp"

#include <stdexcept>
#include <unordered_map>

namespace gonghui::bench {

using std::chrono::milliseconds;

void add_options(CLI::App& app, District& district)
{
    app.add_option("--hub-request", district.hub.request)->required();
    app.add_option("--hub-key", district.hub.public_key)->required();
    app.add_option("--key", district.key)->required();
}

namespace {

class Connection {
public:
    Connection(zeromq::Context& context, const District& district)
        : client_(context, district.hub, messaging::KeyPair::load(district.key))
    {
        if (client_.connect(std::chrono::seconds(5)) != zeromq::Link::up)
            throw std::runtime_error("the hub does not let this key in, or is not there");
    }

    [[nodiscard]] std::size_t outstanding() const { return sent_.size(); }

    bool send(const Command& command, steady_clock::time_point due)
    {
        if (!client_.send(command.bytes)) return false;
        sent_.emplace(command.id, due);
        return true;
    }

    // The answers that have come, waiting for the first.
    std::int64_t take(milliseconds patience)
    {
        std::int64_t accepted = 0;
        while (const auto bytes = client_.next_reply(patience)) {
            patience = milliseconds(0);
            const auto reply = messaging::decode_reply(parser_, *bytes);
            if (!reply || reply->outcome != messaging::Outcome::accepted)
                throw std::runtime_error("not accepted: " + (reply ? std::string(reply->code) : reply.error()));
            const auto found = sent_.find(reply->id);
            if (found == sent_.end()) continue;
            latencies_.push_back(milliseconds_since(found->second));
            sent_.erase(found);
            ++accepted;
        }
        return accepted;
    }

    [[nodiscard]] const std::vector<float>& latencies() const { return latencies_; }

private:
    messaging::Client client_;
    codec::Parser parser_;
    std::unordered_map<Uuid, steady_clock::time_point> sent_;
    std::vector<float> latencies_;
};

}  // namespace

void drive(zeromq::Context& context, const District& district, const Shape& shape, std::int64_t worth,
           const NextCommand& next, Meter& meter)
{
    Connection connection(context, district);
    Pace pace(shape);
    const auto may_send = [&] {
        return connection.outstanding() < static_cast<std::size_t>(shape.window) && pace.is_due();
    };
    bool more = true;
    std::optional<Command> unsent;
    while (!meter.is_over() && (more || connection.outstanding() > 0)) {
        while (more && may_send()) {
            if (!unsent) unsent = next();  // made when it is due: it carries the time
            more = unsent.has_value();
            if (!more || !connection.send(*unsent, pace.due())) break;
            unsent.reset();
            pace.sent();
        }
        meter.add(worth * connection.take(std::chrono::ceil<milliseconds>(pace.patience())));
    }
    if (!more) meter.end();
    // What is under way is waited for, so that all that was decided is counted in all.
    for (int i = 0; i < 50 && connection.outstanding() > 0; ++i) meter.add(worth * connection.take(milliseconds(100)));
    if (connection.outstanding() > 0)
        throw std::runtime_error(std::to_string(connection.outstanding()) + " commands were never answered");
    meter.take_latencies(connection.latencies());
}

}  // namespace gonghui::bench
