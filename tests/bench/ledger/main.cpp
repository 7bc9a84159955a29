// gonghui-ledger: a service that only appends.

#include "common/messaging/handlers.hpp"
#include "common/runtime/serve.hpp"
#include "tests/bench/ledger/messages.hpp"
#include "tests/bench/moments.hpp"

namespace gonghui::ledger {

namespace {

struct Store {
    explicit Store(sqlite::Database&) {}
};

void evolve(Store&, const Appended&) {}

class Partition final : public runtime::Assembled {
public:
    explicit Partition(runtime::Ground& ground)
        : moments_(ground.config.text("moments")), store_(ground.database), handlers_(store_)
    {
        handlers_.command<Append>(
            [this](const Append& command, messaging::Unit<Store>& unit) { return append(command, unit); });
        handlers_.own<Appended>();
    }

    messaging::Service& service() override { return handlers_; }

private:
    messaging::Reply append(const Append& command, messaging::Unit<Store>& unit)
    {
        for (const auto& payload : command.payloads) {
            unit.record(Appended{payload});
            if (!moments_.are_kept()) continue;
            unit.once_committed([this, made = bench::moment_of(payload.data())] { moments_.note(made); });
        }
        return messaging::Reply::accepted();
    }

    bench::Moments moments_;
    Store store_;
    messaging::Handlers<Store> handlers_;
};

}  // namespace

}  // namespace gonghui::ledger

int main(int argc, char** argv)
{
    using namespace gonghui;
    runtime::ServiceProgram program;
    program.name = "ledger";
    program.summary = "a service of the bench: appends";
    program.keys = {bench::moments_key()};
    program.key_owner = {};
    program.migrate = [](sqlite::Database&) {
    };
    program.assemble = [](runtime::Ground& ground) {
        return std::make_unique<ledger::Partition>(ground);
    };
    return runtime::serve(program, argc, argv);
}
