// Tries for seats at a worker in front of PostgreSQL, over core NATS: each connection has `--window` attempts under
// way; the worker takes what has come, up to `--batch`, decides it in one transaction and answers each.

#include "common/ids/seeded_random.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/nats_connection.hpp"
#include "tests/bench/payload.hpp"
#include "tests/bench/people.hpp"
#include "tests/bench/postgres_connection.hpp"

#include <thread>
#include <unordered_map>

namespace gonghui::bench {
namespace {

constexpr auto subject = "enroll";
constexpr std::size_t id_length = 36;
constexpr std::int64_t patience_ms = 100;

struct MessageDeleter {
    void operator()(natsMsg* message) const { natsMsg_Destroy(message); }
};
using Message = std::unique_ptr<natsMsg, MessageDeleter>;

Message next(natsSubscription* subscription, std::int64_t milliseconds)
{
    natsMsg* message = nullptr;
    const auto status = natsSubscription_NextMsg(&message, subscription, milliseconds);
    if (status != NATS_TIMEOUT) nats::check(status, "next message");
    return Message(message);
}

nats::Owned<natsSubscription> subscribe(natsConnection* connection, const char* to)
{
    natsSubscription* subscription = nullptr;
    nats::check(natsConnection_SubscribeSync(&subscription, connection, to), "subscribe");
    nats::check(natsConnection_Flush(connection), "flush");
    return nats::Owned<natsSubscription>(subscription);
}

class Worker {
public:
    Worker(const std::string& url, const std::string& where, std::size_t batch)
        : nats_(nats::connect(url)), asked_(subscribe(nats_.get(), subject)), postgres_(where), batch_(batch)
    {
        postgres_.prepare("enroll", "SELECT * FROM enroll_batch($1, $2, $3)");
    }

    void run(const std::stop_token& stop)
    {
        while (!stop.stop_requested()) {
            std::unordered_map<std::string, Message> waiting;
            std::array<std::string, 3> columns{"{", "{", "{"};
            while (waiting.size() < batch_) {
                auto message = next(asked_.get(), waiting.empty() ? patience_ms : 0);
                if (!message) break;
                const std::string text(natsMsg_GetData(message.get()), 3 * id_length);
                for (std::size_t i = 0; i < columns.size(); ++i)
                    columns[i] += (waiting.empty() ? "" : ",") + text.substr(i * id_length, id_length);
                waiting.emplace(text.substr(0, id_length), std::move(message));
            }
            if (!waiting.empty()) decide(columns, waiting);
        }
    }

private:
    void decide(std::array<std::string, 3>& columns, std::unordered_map<std::string, Message>& waiting)
    {
        for (auto& column : columns) column += "}";
        const auto answers = postgres_.run_prepared("enroll", columns[0], columns[1], columns[2]);
        for (int i = 0; i < PQntuples(answers.get()); ++i) {
            const std::string request = PQgetvalue(answers.get(), i, 0);
            const auto answer = request + PQgetvalue(answers.get(), i, 1);
            nats::check(natsConnection_Publish(nats_.get(), natsMsg_GetReply(waiting.at(request).get()), answer.data(),
                                               static_cast<int>(answer.size())),
                        "answer");
        }
    }

    nats::Owned<natsConnection> nats_;
    nats::Owned<natsSubscription> asked_;
    postgres::Connection postgres_;
    std::size_t batch_;
};

struct Source {
    Attempts attempts;
    std::atomic<std::uint64_t> next = 0;
};

class Client {
public:
    Client(const std::string& url, int number)
        : inbox_("answers." + std::to_string(number)),
          nats_(nats::connect(url)),
          answers_(subscribe(nats_.get(), inbox_.c_str())),
          random_(static_cast<std::uint64_t>(moment() * 1000 + number))
    {
    }

    void run(Source& source, std::size_t window, Meter& meter)
    {
        while (!meter.is_over()) {
            while (sent_.size() < window) {
                const auto attempt = source.next++;
                if (attempt >= source.attempts.count()) return meter.end();
                send(source.attempts, attempt);
            }
            take(meter);
        }
        // What is under way is waited for, so that all that was decided is counted in all.
        for (int i = 0; i < 50 && !sent_.empty(); ++i) take(meter);
        meter.take_latencies(latencies_);
    }

private:
    // The answers that have come, waiting for the first.
    void take(Meter& meter)
    {
        auto answer = next(answers_.get(), patience_ms);
        for (; answer; answer = next(answers_.get(), 0)) {
            const auto found = sent_.find({natsMsg_GetData(answer.get()), id_length});
            latencies_.push_back(milliseconds_since(found->second));
            sent_.erase(found);
            meter.add(1);
        }
    }

    void send(const Attempts& attempts, std::uint64_t attempt)
    {
        const auto id = to_string(make_random_uuid(random_));
        const auto text = id + to_string(attempts.person(attempt)) + to_string(attempts.wanted(attempt));
        nats::check(natsConnection_PublishRequest(nats_.get(), subject, inbox_.c_str(), text.data(),
                                                  static_cast<int>(text.size())),
                    "ask");
        sent_.emplace(id, steady_clock::now());
    }

    std::string inbox_;
    nats::Owned<natsConnection> nats_;
    nats::Owned<natsSubscription> answers_;
    SeededRandom random_;
    std::unordered_map<std::string, steady_clock::time_point> sent_;
    std::vector<float> latencies_;
};

int run(int argc, char** argv)
{
    CLI::App app{"tries for seats at a worker in front of PostgreSQL"};
    Shape shape;
    Source source;
    std::string url;
    std::string where;
    std::size_t batch = 1'024;
    add_options(app, shape);
    app.add_option("--url", url)->required();
    app.add_option("--postgres", where)->required();
    app.add_option("--batch", batch);
    app.add_option("--members", source.attempts.members)->required();
    app.add_option("--classes", source.attempts.classes)->required();
    app.add_option("--first-class", source.attempts.first_class);
    CLI11_PARSE(app, argc, argv);

    Worker worker(url, where, batch);
    std::jthread working([&worker](const std::stop_token& stop) {
        try {
            worker.run(stop);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "the worker: %s\n", error.what());
        }
    });
    return measure(shape, [&](int number, Meter& meter) {
        Client(url, number).run(source, static_cast<std::size_t>(shape.window), meter);
    });
}

}  // namespace
}  // namespace gonghui::bench

int main(int argc, char** argv)
{
    return gonghui::bench::run(argc, argv);
}
