// For reference, and no bus: one writer of SQLite in this process, with what a log of ours has at least (an id per
// event, a savepoint per event), committed by the thousand with synchronous=FULL.

#include "common/ids/random.hpp"
#include "common/ids/uuid.hpp"
#include "common/sqlite/database.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/payload.hpp"

#include <filesystem>

namespace gonghui::bench {
namespace {

constexpr int batch = 1'000;

void append(sqlite::Database& database, const Payload& payload, const Uuid& cause)
{
    sqlite::Transaction transaction(database);
    for (std::uint32_t i = 0; i < batch; ++i) {
        database.run("SAVEPOINT one");
        database.run("INSERT INTO log (id, event) VALUES (?1, ?2)", derive_uuid(cause, i), BytesView(payload));
        database.run("RELEASE one");
    }
    transaction.commit();
}

int run(int argc, char** argv)
{
    CLI::App app{"appends to SQLite in this process"};
    Shape shape;
    std::string store;
    add_options(app, shape);
    app.add_option("--store", store)->required();
    CLI11_PARSE(app, argc, argv);
    shape.connections = 1;

    for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(store + suffix);
    return measure(shape, [&](int, Meter& meter) {
        sqlite::Database database(store);
        database.run("CREATE TABLE log (seq INTEGER PRIMARY KEY, id BLOB NOT NULL, event BLOB NOT NULL) STRICT");
        SystemRandom random;
        const auto payload = make_payload(1);
        while (!meter.is_over()) {
            append(database, payload, make_random_uuid(random));
            meter.add(batch);
        }
    });
}

}  // namespace
}  // namespace gonghui::bench

int main(int argc, char** argv)
{
    return gonghui::bench::run(argc, argv);
}
