// A log whose last record was damaged: the first two bytes say where and how, the rest is the record.

#include "common/messaging/event_log.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace gonghui;

namespace {

struct Store {
    sqlite::Database database{":memory:"};
    Store() { sqlite::migrate(database, "event_log", messaging::event_log_migrations()); }
};

bool holds(sqlite::Database& database)
{
    try {
        messaging::EventLog(database).verify_tail(16);
        return true;
    } catch (const messaging::BrokenChain& error) {
        fuzz::require(error.seq == 2, "the damaged record is named");
        return false;
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 3) return 0;
    static Store store;
    auto& database = store.database;
    const auto record = fuzz::input(data + 2, size - 2);
    const sqlite::Transaction undone_at_the_end(database);
    messaging::EventLog log(database);
    log.append(record, {});
    log.append(record, {});
    fuzz::require(holds(database), "an untouched log holds");

    auto damaged = to_bytes(record);
    const auto bit = (std::size_t{data[0]} << 8U | data[1]) % (damaged.size() * 8);
    damaged[bit / 8] ^= std::byte{1} << static_cast<int>(bit % 8);
    database.run("UPDATE log SET bytes = ? WHERE seq = 2", damaged);
    fuzz::require(!holds(database), "one flipped bit breaks the chain");
    return 0;
}
