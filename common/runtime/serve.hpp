#pragma once
// A domain service as a process: configuration, keys, one store, writer thread and reader pool per partition, the bus,
// a clean drain. A service's main.cpp is its ServiceProgram.
//
//     class Partition final : public runtime::Assembled { ... Store, Handlers ... };
//
//     int main(int argc, char** argv)
//     {
//         return runtime::serve({.name = "training",
//                                .version = GONGHUI_VERSION,
//                                .summary = "courses, campaigns, enrollments",
//                                .migrate = training::migrate,
//                                .assemble = [](runtime::Ground& ground) { return std::make_unique<Partition>(ground);
//                                }},
//                               argc, argv);
//     }

#include "common/ids/random.hpp"
#include "common/messaging/client.hpp"
#include "common/messaging/service.hpp"
#include "common/process/config.hpp"
#include "common/process/metrics.hpp"
#include "common/process/readiness.hpp"
#include "common/process/watchdog.hpp"
#include "common/sealing/keyring.hpp"
#include "common/sqlite/database.hpp"
#include "common/time/clock.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string_view>

namespace gonghui::runtime {

// What stands before a partition's service is assembled on it. Everything outlives what is assembled.
struct Ground {
    sqlite::Database& database;  // the writer's connection, migrated
    std::filesystem::path keyring_path;
    sealing::Keyring& keyring;  // the writer's
    const sealing::Key& service_key;
    Clock& clock;
    Random& random;
    const process::Config& config;
    process::Metrics& metrics;
    process::Readiness& readiness;
    process::Watchdog& watchdog;  // for a loop of the service's own beside the partition's
    // The hub and this process's own identity, for a worker that sends requests of its own (as a client of the bus).
    messaging::HubAddress hub;
    messaging::KeyPair identity;
    std::string district;
    messaging::Share share;  // this partition among all of the service
    std::stop_token stop;
};

// A service's objects for one partition; destroyed after its host.
class Assembled {
public:
    virtual ~Assembled() = default;
    virtual messaging::Service& service() = 0;
};

struct ServiceProgram {
    std::string_view name;  // of the service on the bus: "training"; the executable is gonghui-<name>
    std::string_view version;
    std::string_view summary;
    process::Keys keys = {};  // beyond those of every service (see serve.cpp)
    // The service where person keys are born, to fetch them from; empty for that service itself.
    std::string_view key_owner = "registration";
    std::function<void(sqlite::Database&)> migrate;
    std::function<std::unique_ptr<Assembled>(Ground&)> assemble;
};

// Runs until asked to stop; the result is the exit code.
int serve(const ServiceProgram& program, int argc, char** argv);

}  // namespace gonghui::runtime
