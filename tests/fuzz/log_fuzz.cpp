// A log whose last record was damaged: the first two bytes say where and how, the rest is the record.

#include "common/messaging/event_log.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <limits>

using namespace gonghui;

namespace {

struct Store {
    sqlite::Database database{":memory:"};
    Store() { sqlite::migrate(database, "event_log", messaging::event_log_migrations()); }
};

// What is read for others: the chain alone, whatever a record says.
bool holds(sqlite::Database& database)
{
    try {
        messaging::read_log(database, 0, std::numeric_limits<std::size_t>::max());
        return true;
    } catch (const messaging::BrokenChain& error) {
        fuzz::require(error.seq == 2, "the damaged record is named");
        return false;
    }
}

// What is looked at in the background: that each record is an event in its place, too, which these hardly ever are.
void look_at(sqlite::Database& database)
{
    try {
        messaging::verify_log(database, 0, std::numeric_limits<std::size_t>::max());
    } catch (const messaging::BrokenChain&) {
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
    look_at(database);

    auto damaged = to_bytes(record);
    const auto bit = (std::size_t{data[0]} << 8U | data[1]) % (damaged.size() * 8);
    damaged[bit / 8] ^= std::byte{1} << static_cast<int>(bit % 8);
    database.run("UPDATE log SET bytes = ? WHERE seq = 2", damaged);
    fuzz::require(!holds(database), "one flipped bit breaks the chain");
    return 0;
}
