// gonghui-mirror: follows the ledger and keeps a row per event. What it says at its end, in the file that its
// configuration names: how long each event took from its making to its effect's commit.

#include "common/messaging/handlers.hpp"
#include "common/runtime/serve.hpp"
#include "tests/bench/ledger/messages.hpp"
#include "tests/bench/payload.hpp"

#include <fstream>

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

// Of what has become durable here, in the order of the commits: microseconds of its making and of its commit.
class Delays {
public:
    explicit Delays(std::string file) : file_(std::move(file)) {}
    ~Delays()
    {
        if (file_.empty()) return;
        std::ofstream out(file_);
        for (const auto& [made, committed] : moments_) out << made << ' ' << committed << '\n';
    }
    Delays(const Delays&) = delete;
    Delays& operator=(const Delays&) = delete;

    void note(std::int64_t made) { moments_.emplace_back(made, bench::moment()); }

private:
    std::string file_;
    std::vector<std::pair<std::int64_t, std::int64_t>> moments_;
};

class Partition final : public runtime::Assembled {
public:
    explicit Partition(runtime::Ground& ground)
        : delays_(ground.config.text("delays")), store_(ground.database), handlers_(store_)
    {
        handlers_.follow<ledger::Appended>([this](const ledger::Appended& event, messaging::Unit<Store>& unit) {
            const auto made = bench::moment_of(event.payload.data());
            unit.once_committed([this, made] { delays_.note(made); });
        });
        handlers_.read_model("ledger", {"copies"});
    }

    messaging::Service& service() override { return handlers_; }

private:
    Delays delays_;
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
    runtime::ServiceProgram program;
    program.name = "mirror";
    program.summary = "a service of the bench: follows the ledger";
    program.keys = {{.name = "delays", .fallback = "", .description = "File of what each event took; empty: none."}};
    program.key_owner = {};
    program.migrate = mirror::migrate;
    program.assemble = [](runtime::Ground& ground) {
        return std::make_unique<mirror::Partition>(ground);
    };
    return runtime::serve(program, argc, argv);
}
