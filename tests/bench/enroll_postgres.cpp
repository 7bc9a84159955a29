// Tries for seats at PostgreSQL. `--method for_update` and `conditional`: each connection calls a procedure, one
// attempt at a time. `batch`: workers that have `--window` attempts of as many clients in hand and decide them in one
// transaction; those clients and their way to the worker are left out, which is in PostgreSQL's favour.

#include "common/ids/seeded_random.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/payload.hpp"
#include "tests/bench/people.hpp"
#include "tests/bench/postgres_connection.hpp"

namespace gonghui::bench {
namespace {

struct Source {
    Attempts attempts;
    std::atomic<std::uint64_t> next = 0;
};

void one_at_a_time(postgres::Connection& connection, const std::string& method, Source& source, Random& random,
                   Meter& meter)
{
    connection.prepare("enroll", ("SELECT enroll_" + method + "($1, $2, $3)").c_str());
    std::vector<float> latencies;
    while (!meter.is_over()) {
        const auto attempt = source.next++;
        if (attempt >= source.attempts.count()) return meter.end();
        const auto begin = steady_clock::now();
        const auto answer = connection.run_prepared("enroll", to_string(make_random_uuid(random)),
                                                    to_string(source.attempts.person(attempt)),
                                                    to_string(source.attempts.wanted(attempt)));
        const std::string text = PQgetvalue(answer.get(), 0, 0);
        if (!text.starts_with("taken") && !text.starts_with("waiting")) throw std::runtime_error(text);
        latencies.push_back(milliseconds_since(begin));
        meter.add(1);
    }
    meter.take_latencies(latencies);
}

void in_batches(postgres::Connection& connection, int batch, Source& source, Random& random, Meter& meter)
{
    connection.prepare("enroll", "SELECT * FROM enroll_batch($1, $2, $3)");
    std::vector<float> latencies;
    while (!meter.is_over()) {
        std::string requests = "{";
        std::string people = "{";
        std::string wanted = "{";
        const auto first = source.next.fetch_add(static_cast<std::uint64_t>(batch));
        if (first + static_cast<std::uint64_t>(batch) > source.attempts.count()) return meter.end();
        for (int i = 0; i < batch; ++i) {
            const auto* separator = i + 1 < batch ? "," : "}";
            const auto attempt = first + static_cast<std::uint64_t>(i);
            requests += to_string(make_random_uuid(random)) + separator;
            people += to_string(source.attempts.person(attempt)) + separator;
            wanted += to_string(source.attempts.wanted(attempt)) + separator;
        }
        const auto begin = steady_clock::now();
        const auto answers = connection.run_prepared("enroll", requests, people, wanted);
        if (PQntuples(answers.get()) != batch) throw std::runtime_error("not all of a batch were accepted");
        latencies.push_back(milliseconds_since(begin));
        meter.add(batch);
    }
    meter.take_latencies(latencies);
}

int run(int argc, char** argv)
{
    CLI::App app{"tries for seats at PostgreSQL"};
    Shape shape;
    Source source;
    std::string where;
    std::string method;
    add_options(app, shape);
    app.add_option("--postgres", where)->required();
    app.add_option("--method", method)->required();
    app.add_option("--members", source.attempts.members)->required();
    app.add_option("--classes", source.attempts.classes)->required();
    app.add_option("--first-class", source.attempts.first_class);
    CLI11_PARSE(app, argc, argv);

    return measure(shape, [&](int number, Meter& meter) {
        SeededRandom random(static_cast<std::uint64_t>(moment() * 1000 + number));
        postgres::Connection connection(where);
        if (method == "batch")
            in_batches(connection, shape.window, source, random, meter);
        else
            one_at_a_time(connection, method, source, random, meter);
    });
}

}  // namespace
}  // namespace gonghui::bench

int main(int argc, char** argv)
{
    return gonghui::bench::run(argc, argv);
}
