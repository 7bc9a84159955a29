#pragma once
// A district as one plan: what runs in it, where it listens, and the files in its folder.
//
//     <folder>/district.toml            the plan as it runs, ports and the hub's key filled in
//     <folder>/keys/hub.key             key pairs: hub, one per instance, ctl, peers; mode 0600
//     <folder>/keys/training-0.key
//     <folder>/keys/training.service    the service's own key
//     <folder>/keys/authorized.toml     whose keys may connect
//     <folder>/config/training.toml     what each program is started with
//     <folder>/plugged/stations         a link to the folder of a service that `gonghui plug` has added
//     <folder>/store/                   stores of all services
//     <folder>/log/training.log, run/training.pid

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::ctl {

inline constexpr std::int64_t most_partitions = 64;  // of a service

struct Endpoints {
    std::string publish;
    std::string subscribe;
    std::string request;

    friend bool operator==(const Endpoints&, const Endpoints&) = default;
};

// A program of the district. `settings` is TOML of the program's own, appended to its configuration as it stands.
struct ProgramPlan {
    std::string name;     // "training"; the hub's is "hub"
    std::string program;  // path of the executable; empty: gonghui-<name> beside this one
    std::string http;     // host:port of /readyz and /metrics, or "off"
    std::string listen;   // host:port of what people's browsers speak to; empty: it serves none
    std::string settings;
    std::string settings_from;    // where they stand: "my.toml:14", or an environment variable
    std::int64_t partitions = 1;  // of a service
    std::int64_t instances = 1;   // processes that share them
    std::int64_t readers = 1;
    bool is_plugged = false;  // by `gonghui plug`, not by the district's file
};

struct DistrictPlan {
    std::string district;  // GB/T 2260
    std::string folder;    // absolute
    Endpoints bind;        // where the hub listens
    Endpoints connect;     // where others find it
    ProgramPlan hub;
    std::vector<ProgramPlan> services;  // registration first: the others wait for its events and keys
    std::vector<std::string> peers;     // further clients with a key of their own
    std::string hub_public_key;         // empty until the keys are made
    std::string traces_endpoint;        // of a collector; empty: nothing is traced
    std::int64_t traces_sample = 0;     // of a thousand
};

std::string key_folder(std::string_view folder);
std::string identity_file(std::string_view folder, std::string_view instance);  // "hub", "training-0", "ctl"
std::string service_key_file(std::string_view folder, std::string_view service);
std::string authorized_file(std::string_view folder);
std::string district_file(std::string_view folder);
std::string config_file(std::string_view folder, std::string_view program);
std::string log_file(std::string_view folder, std::string_view program);
std::string pid_file(std::string_view folder, std::string_view program);

// How many instances of a service are wanted now, when that is not what the plan says: a number (`gonghui scale`).
std::string instances_file(std::string_view folder, std::string_view service);

// A link for every service that is plugged in: made and removed by `gonghui plug` and `unplug`, followed by `up`.
std::string plug_folder(std::string_view folder);
std::string plug_file(std::string_view folder, std::string_view service);

// Of an instance of a service, numbered from 0: "training-1". Its key goes by this name.
std::string instance_of(std::string_view service, std::int64_t number = 0);
// The same for its configuration, log and process id: the first instance goes by the name of its service.
std::string unit_of(std::string_view service, std::int64_t number);

// Configuration files.
std::string hub_config(const DistrictPlan& plan);
std::string service_config(const DistrictPlan& plan, const ProgramPlan& service, std::int64_t number = 0);
std::string to_toml(const DistrictPlan& plan);

// Where line `line` (from 1) of a program's configuration was written by the operator; nullopt when the plan wrote it.
// `file` is the text of the district's file: a multi-line text begins on the line below its key, unless something
// follows the quotes that open it.
std::optional<std::string> place_of_line(const ProgramPlan& program, std::string_view config, std::int64_t line,
                                         std::string_view file);

}  // namespace gonghui::ctl
