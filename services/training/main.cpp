// gonghui-training: hand wiring, in order of dependency.

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

}  // namespace

}  // namespace gonghui::training

int main(int argc, char** argv)
{
    using namespace gonghui;
    runtime::ServiceProgram program;
    program.name = "training";
    program.version = GONGHUI_VERSION;
    program.summary = "courses, campaigns, enrollments and waiting lines";
    program.key_owner = {};  // nothing personal is kept here, so no person's key is needed
    program.migrate = training::migrate;
    program.assemble = [](runtime::Ground& ground) {
        return std::make_unique<training::Partition>(ground.database);
    };
    return runtime::serve(program, argc, argv);
}
