// gonghui-registration: hand wiring, in order of dependency.

#include "common/runtime/serve.hpp"
#include "services/registration/app/registration.hpp"

namespace gonghui::registration {

namespace {

class Partition final : public runtime::Assembled {
public:
    explicit Partition(runtime::Ground& ground)
        : key_reader_(ground.keyring_path, ground.service_key, ground.random),
          registration_(ground.database, ground.keyring, key_reader_, ground.service_key)
    {
        registration_.bring_up_to_date();
    }

    messaging::Service& service() override { return registration_.service(); }

private:
    KeyReader key_reader_;
    Registration registration_;
};

}  // namespace

}  // namespace gonghui::registration

int main(int argc, char** argv)
{
    using namespace gonghui;
    runtime::ServiceProgram program;
    program.name = "registration";
    program.version = GONGHUI_VERSION;
    program.summary = "organisations, members, applications, officers' roles; where persons' keys are born";
    program.key_owner = {};  // it is the owner
    program.migrate = registration::migrate;
    program.assemble = [](runtime::Ground& ground) {
        return std::make_unique<registration::Partition>(ground);
    };
    return runtime::serve(program, argc, argv);
}
