#pragma once
// The frame of every program: command line, configuration, logging, signals, figures and health, and the one place that
// catches what nothing else did. A main.cpp is its table of keys and a body:
//
//     int main(int argc, char** argv)
//     {
//         return process::run(program, argc, argv, [](process::Setup& setup) {
//             sqlite::Database database(setup.config.text("store.path"));
//             ...
//             setup.readiness.ready("process");
//             setup.watchdog.ready();
//             driver.run(setup.stop);
//             return 0;
//         });
//     }
//
// Options of every program: --config FILE, --check-config, --print-config (secrets masked), --help, --version.
// Keys of every program: log.level, log.format, http.listen. SIGHUP reads the configuration again: log.level changes at
// once, and the body's on_reload gets the new Config; a wrong one is logged and changes nothing. Keys that another
// value of which waits for the next start are named in a record "restart_needed".
//
// Before logging stands, a problem is plain text on stderr; after that, a record "stopped_by_fault". Either way it is
// one message, and the exit code says of what kind (exit_codes.hpp).

#include "common/process/config.hpp"
#include "common/process/exit_codes.hpp"
#include "common/process/metrics.hpp"
#include "common/process/readiness.hpp"
#include "common/process/watchdog.hpp"

#include <functional>
#include <stop_token>
#include <string_view>

namespace gonghui::process {

struct Program {
    std::string_view name;  // "gonghui-training"
    std::string_view version;
    std::string_view summary;                      // one line for --help
    Keys keys;                                     // its own
    std::string_view http_listen = "127.0.0.1:0";  // the default of http.listen; "off" serves none
};

// Lives as long as the body runs.
struct Setup {
    const Config& config;
    std::stop_token stop;  // asked for by SIGINT and SIGTERM
    Metrics& metrics;
    Readiness& readiness;
    Watchdog& watchdog;                  // every loop of the body is to turn under its eyes
    int http_port;                       // 0 when off
    std::function<void()> request_stop;  // thread-safe
    // The callback runs on the signal thread. A body whose callback touches what dies with the body ends with
    // on_reload(nullptr), after which it is not running and never runs again.
    std::function<void(std::function<void(const Config&)>)> on_reload;
};

// The body's result is the exit code; every exception that leaves it is reported and mapped (a Failure by its own code,
// a store from a newer version to Exit::data, an unwritable folder to Exit::cannot_create, a taken port to
// Exit::unavailable, anything unexpected to Exit::software).
int run(const Program& program, int argc, char** argv, const std::function<int(Setup&)>& body);

}  // namespace gonghui::process
