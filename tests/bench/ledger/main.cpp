// gonghui-ledger: a service that only appends.

#include "common/messaging/handlers.hpp"
#include "common/runtime/serve.hpp"
#include "tests/bench/ledger/messages.hpp"

namespace gonghui::ledger {

namespace {

struct Store {
    explicit Store(sqlite::Database&) {}
};

void evolve(Store&, const Appended&) {}

messaging::Reply append(const Append& command, messaging::Unit<Store>& unit)
{
    for (const auto& payload : command.payloads) unit.record(Appended{payload});
    return messaging::Reply::accepted();
}

class Partition final : public runtime::Assembled {
public:
    explicit Partition(sqlite::Database& database) : store_(database), handlers_(store_)
    {
        handlers_.command<Append>(append);
        handlers_.own<Appended>();
    }

    messaging::Service& service() override { return handlers_; }

private:
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
    program.key_owner = {};
    program.migrate = [](sqlite::Database&) {
    };
    program.assemble = [](runtime::Ground& ground) {
        return std::make_unique<ledger::Partition>(ground.database);
    };
    return runtime::serve(program, argc, argv);
}
