// gonghui-matchmaking: hand wiring, in order of dependency.

#include "common/process/exit_codes.hpp"
#include "common/runtime/serve.hpp"
#include "services/matchmaking/app/handlers.hpp"

namespace gonghui::matchmaking {

namespace {

class Partition final : public runtime::Assembled {
public:
    explicit Partition(runtime::Ground& ground)
        : store_(ground.database),
          codes_(ground.service_key),
          reader_keys_(ground.keyring_path, ground.service_key, ground.random),
          handlers_(store_)
    {
        wire(handlers_, {.keyring = ground.keyring, .reader_keys = reader_keys_, .codes = codes_});
        want_keys_of_texts(store_, ground.keyring);
    }

    messaging::Service& service() override { return handlers_; }

private:
    MatchmakingStore store_;
    CheckInCodes codes_;
    ReaderKeys reader_keys_;
    MatchmakingHandlers handlers_;
};

}  // namespace

static std::unique_ptr<runtime::Assembled> assemble(runtime::Ground& ground)
{
    // Profiles, blocks and sign-ups meet at every evening: they stand in one store.
    if (ground.config.integer("partitions") != 1)
        throw process::Failure(process::Exit::config, "matchmaking has exactly one partition: set partitions = 1");
    return std::make_unique<Partition>(ground);
}

}  // namespace gonghui::matchmaking

int main(int argc, char** argv)
{
    using namespace gonghui;
    runtime::ServiceProgram program;
    program.name = "matchmaking";
    program.version = GONGHUI_VERSION;
    program.summary = "profiles, evenings, secret choices and couples";
    program.migrate = matchmaking::migrate;
    program.assemble = matchmaking::assemble;
    return runtime::serve(program, argc, argv);
}
