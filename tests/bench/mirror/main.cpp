// gonghui-mirror: follows the ledger and keeps a row per event.

#include "common/messaging/handlers.hpp"
#include "common/runtime/serve.hpp"
#include "tests/bench/ledger/messages.hpp"
#include "tests/bench/moments.hpp"

#include <filesystem>
#include <string>

namespace gonghui::mirror {

namespace {

struct Store {
    explicit Store(sqlite::Database& its_database) : database(its_database) {}
    sqlite::Database& database;
};

void evolve(Store& store, const ledger::Appended& event)
{
    store.database.run("INSERT INTO copies (payload) VALUES (?1)", BytesView(event.payload));
}

class Partition final : public runtime::Assembled {
public:
    explicit Partition(runtime::Ground& ground)
        : moments_(ground.config.text("moments")), store_(ground.database), handlers_(store_)
    {
        handlers_.follow<ledger::Appended>([this](const ledger::Appended& event, messaging::Unit<Store>& unit) {
            const auto made = bench::moment_of(event.payload.data());
            unit.once_committed([this, made] { moments_.note(made); });
        });
        handlers_.read_model("ledger", {"copies"});
    }

    messaging::Service& service() override { return handlers_; }

private:
    bench::Moments moments_;
    Store store_;
    messaging::Handlers<Store> handlers_;
};

void migrate(sqlite::Database& database)
{
    database.run("CREATE TABLE IF NOT EXISTS copies (number INTEGER PRIMARY KEY, payload BLOB NOT NULL) STRICT");
}

}  // namespace

}  // namespace gonghui::mirror

int main(int argc, char** argv)
{
    using namespace gonghui;
    // Under the name that it is started by: many of them can follow at once, from links to one file.
    const std::string file = std::filesystem::path(argv[0]).filename().string();
    const std::string name = file.substr(file.find('-') + 1);
    runtime::ServiceProgram program;
    program.name = name;
    program.summary = "a service of the bench: follows the ledger";
    program.keys = {bench::moments_key()};
    program.key_owner = {};
    program.migrate = mirror::migrate;
    program.assemble = [](runtime::Ground& ground) {
        return std::make_unique<mirror::Partition>(ground);
    };
    return runtime::serve(program, argc, argv);
}
