// The next version of training as it would be with one more table: it brings a store up, and the version before has to
// refuse that store.

#include "common/places/places.hpp"
#include "common/runtime/serve.hpp"
#include "services/training/app/wiring.hpp"

namespace gonghui::training {
namespace {

class Partition final : public runtime::Assembled {
public:
    explicit Partition(sqlite::Database& database) : store_(database), handlers_(store_) { wire(handlers_); }
    messaging::Service& service() override { return handlers_; }

private:
    TrainingStore store_;
    messaging::Handlers<TrainingStore> handlers_;
};

void migrate_further(sqlite::Database& database)
{
    auto migrations = TrainingStore::migrations();
    migrations.push_back({migrations.back().version + 1,
                          "CREATE TABLE certificates (person_id BLOB NOT NULL PRIMARY KEY) WITHOUT ROWID;"});
    sqlite::migrate(database, "places", places_migrations());
    sqlite::migrate(database, "training", migrations);
}

}  // namespace
}  // namespace gonghui::training

int main(int argc, char** argv)
{
    using namespace gonghui;
    runtime::ServiceProgram program;
    program.name = "training";
    program.version = GONGHUI_VERSION;
    program.summary = "courses, campaigns, enrollments and waiting lines";
    program.key_owner = {};
    program.migrate = training::migrate_further;
    program.assemble = [](runtime::Ground& ground) {
        return std::make_unique<training::Partition>(ground.database);
    };
    return runtime::serve(program, argc, argv);
}
