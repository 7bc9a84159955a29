// What stands between an enrollment and its notification where PostgreSQL and a broker are put together: a relay that
// takes rows out of the outbox and publishes them to a JetStream, and a consumer that writes a row for each into the
// second service's own database before it acknowledges. At SIGTERM it works off what is there, and says when the last
// row was committed.

#include "tests/bench/load.hpp"
#include "tests/bench/nats_connection.hpp"
#include "tests/bench/payload.hpp"
#include "tests/bench/postgres_connection.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <iostream>
#include <thread>

namespace gonghui::bench {
namespace {

constexpr int batch = 1'000;
constexpr int id_length = 36;

volatile std::sig_atomic_t asked_to_end = 0;

struct Counts {
    std::atomic<std::int64_t> relayed = 0;
    std::atomic<bool> all_relayed = false;
    std::int64_t written = 0;
    std::int64_t last = 0;  // as bench::moment
};

class Relay {
public:
    Relay(const std::string& url, const std::string& where)
        : publisher_(url, 2 * batch, [](const char*) {}), postgres_(where)
    {
        // Rows of commits that are still under way are skipped and found the next time.
        postgres_.prepare(
            "take",
            "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox ORDER BY seq LIMIT $1 FOR UPDATE SKIP "
            "LOCKED) RETURNING cause::text || person_id || class_id || type");
    }

    void run(Counts& counts)
    {
        while (true) {
            const bool is_last = asked_to_end != 0;
            const auto count = pass_on();
            counts.relayed += count;
            if (count > 0) continue;
            if (is_last) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        counts.all_relayed = true;
    }

private:
    int pass_on()
    {
        postgres_.run("BEGIN");
        const auto rows = postgres_.run_prepared("take", std::to_string(batch));
        const auto count = PQntuples(rows.get());
        for (int i = 0; i < count; ++i)
            publisher_.publish(std::as_bytes(
                std::span(PQgetvalue(rows.get(), i, 0), static_cast<std::size_t>(PQgetlength(rows.get(), i, 0)))));
        if (count > 0) publisher_.finish();
        postgres_.run("COMMIT");
        return count;
    }

    nats::Publisher publisher_;
    postgres::Connection postgres_;
};

class Notifier {
public:
    Notifier(const std::string& url, const std::string& where) : consumer_(url), postgres_(where)
    {
        postgres_.prepare("write",
                          "INSERT INTO notifications SELECT a.*, now() FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], "
                          "$4::text[]) a ON CONFLICT DO NOTHING");
    }

    void run(Counts& counts)
    {
        while (!counts.all_relayed || counts.written < counts.relayed) {
            std::array<std::string, 4> columns{"{", "{", "{", "{"};
            const auto take = [&](const char* data) {
                const std::string text(data);
                for (std::size_t i = 0; i < columns.size(); ++i)
                    columns[i] += (columns[i].size() > 1 ? "," : "") +
                                  text.substr(i * id_length, i < 3 ? id_length : std::string::npos);
            };
            counts.written += consumer_.take(batch, take, [&] {
                for (auto& column : columns) column += "}";
                postgres_.run_prepared("write", columns[0], columns[1], columns[2], columns[3]);
                counts.last = moment();
            });
        }
    }

private:
    nats::Consumer consumer_;
    postgres::Connection postgres_;
};

int run(int argc, char** argv)
{
    CLI::App app{"relay and consumer"};
    std::string url;
    std::string outbox;
    std::string notifications;
    app.add_option("--url", url)->required();
    app.add_option("--postgres", outbox)->required();
    app.add_option("--notifications", notifications)->required();
    CLI11_PARSE(app, argc, argv);

    std::signal(SIGTERM, [](int) { asked_to_end = 1; });
    nats::make_stream(url);
    Relay relay(url, outbox);
    Notifier notifier(url, notifications);
    std::cout << "ready" << std::endl;
    Counts counts;
    std::jthread relaying([&] { relay.run(counts); });
    notifier.run(counts);
    std::cout << nlohmann::json{{"written", counts.written}, {"last_us", counts.last}}.dump() << std::endl;
    return 0;
}

}  // namespace
}  // namespace gonghui::bench

int main(int argc, char** argv)
{
    return gonghui::bench::run(argc, argv);
}
