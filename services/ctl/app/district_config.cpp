#include "services/ctl/app/district_config.hpp"

#include "common/process/config.hpp"
#include "common/process/exit_codes.hpp"
#include "services/ctl/app/embedded_district.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace gonghui::ctl {

namespace {

using process::Type;

// In the order in which they start.
constexpr std::array<std::string_view, 4> of_the_house{"registration", "training", "matchmaking", "notifications"};

process::Keys keys()
{
    return {
        {.name = "district", .fallback = "331083", .description = "Six-digit GB/T 2260 code of the district."},
        {.name = "folder", .fallback = "var/331083", .description = "Folder of keys, stores and logs."},
        {.name = "peers",
         .type = Type::list,
         .fallback = "",
         .description = "Further clients that get a key of their own."},
        {.name = "hub.publish",
         .fallback = "tcp://127.0.0.1:7311",
         .description = "Where services publish; port 0 takes a free one."},
        {.name = "hub.subscribe",
         .fallback = "tcp://127.0.0.1:7312",
         .description = "Where followers get events; port 0 takes a free one."},
        {.name = "hub.request",
         .fallback = "tcp://127.0.0.1:7313",
         .description = "Where requests go; port 0 takes a free one."},
        {.name = "hub.bind.publish", .fallback = "", .description = "Where the hub listens, if not at hub.publish."},
        {.name = "hub.bind.subscribe",
         .fallback = "",
         .description = "Where the hub listens, if not at hub.subscribe."},
        {.name = "hub.bind.request", .fallback = "", .description = "Where the hub listens, if not at hub.request."},
        {.name = "hub.public_key", .fallback = "", .description = "The hub's public key; read from keys/hub.key."},
        {.name = "hub.http", .fallback = "127.0.0.1:0", .description = "host:port of health and figures, or off."},
        {.name = "hub.program", .fallback = "", .description = "The executable, if not beside this one."},
        {.name = "hub.settings",
         .fallback = "",
         .description = "TOML of the hub's own, appended to its configuration."},
        {.name = "services.*.http",
         .fallback = "127.0.0.1:0",
         .description = "host:port of health and figures, or off."},
        {.name = "services.*.program", .fallback = "", .description = "The executable, if not beside this one."},
        {.name = "services.*.partitions",
         .type = Type::integer,
         .fallback = "1",
         .description = "Partitions; fixed once the stores exist.",
         .least = 1,
         .most = 64},
        {.name = "services.*.readers",
         .type = Type::integer,
         .fallback = "1",
         .description = "Threads that answer queries, per partition.",
         .least = 1,
         .most = 16},
        {.name = "services.*.settings",
         .fallback = "",
         .description = "TOML of the service's own, appended to its configuration."},
    };
}

std::string or_else(const std::string& text, const std::string& otherwise)
{
    return text.empty() ? otherwise : text;
}

ProgramPlan program_of(const process::Config& config, const std::string& name, const std::string& prefix)
{
    ProgramPlan plan;
    plan.name = name;
    plan.program = config.text(prefix + ".program");
    plan.http = config.text(prefix + ".http");
    plan.settings = config.text(prefix + ".settings");
    return plan;
}

std::size_t turn_of(const std::string& service)
{
    return static_cast<std::size_t>(std::find(of_the_house.begin(), of_the_house.end(), service) -
                                    of_the_house.begin());
}

std::vector<ProgramPlan> services_of(const process::Config& config)
{
    auto names = config.tables("services");
    std::stable_sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return turn_of(a) < turn_of(b); });
    std::vector<ProgramPlan> services;
    for (const auto& name : names) {
        auto plan = program_of(config, name, "services." + name);
        plan.partitions = config.integer("services." + name + ".partitions");
        plan.readers = config.integer("services." + name + ".readers");
        services.push_back(std::move(plan));
    }
    return services;
}

}  // namespace

DistrictText read_district(const std::filesystem::path& file)
{
    if (file.empty()) return {std::string(embedded_district), "district.toml"};
    std::ifstream in(file, std::ios::binary);
    if (!in) throw process::Failure(process::Exit::config, file.string() + ": cannot be read");
    return {std::string{std::istreambuf_iterator<char>(in), {}}, file.string()};
}

DistrictPlan parse_district(const DistrictText& text)
{
    const auto config = process::Config::parse(keys(), text.toml, text.name);
    DistrictPlan plan;
    plan.district = config.text("district");
    plan.folder = config.text("folder");
    plan.peers = config.list("peers");
    plan.connect = {config.text("hub.publish"), config.text("hub.subscribe"), config.text("hub.request")};
    plan.bind = {or_else(config.text("hub.bind.publish"), plan.connect.publish),
                 or_else(config.text("hub.bind.subscribe"), plan.connect.subscribe),
                 or_else(config.text("hub.bind.request"), plan.connect.request)};
    plan.hub_public_key = config.text("hub.public_key");
    plan.hub = program_of(config, "hub", "hub");
    plan.services = services_of(config);
    return plan;
}

std::string print_district(const DistrictText& text)
{
    return process::Config::parse(keys(), text.toml, text.name).print();
}

}  // namespace gonghui::ctl
