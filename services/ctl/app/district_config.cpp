#include "services/ctl/app/district_config.hpp"

#include "common/process/config.hpp"
#include "common/text/nearest.hpp"
#include "common/text/quotes.hpp"
#include "common/zeromq/keys.hpp"
#include "services/ctl/app/embedded_district.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/domain/authorized.hpp"
#include "services/ctl/domain/texts.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace gonghui::ctl {

namespace {

using process::Type;
namespace form = process::form;

// In the order in which they start.
constexpr std::array<std::string_view, 5> of_the_house{"registration", "training", "matchmaking", "notifications",
                                                       "gateway"};

process::Keys keys()
{
    const process::Form names{is_free_name, text::free_name};
    return {
        {.name = "district", .fallback = "331083", .description = "Code of the district.", .form = form::district_code},
        {.name = "folder", .fallback = "var/331083", .description = "Folder of keys, stores and logs."},
        {.name = "peers",
         .type = Type::list,
         .fallback = "",
         .description = "Further clients that get a key of their own.",
         .form = names},
        {.name = "traces.endpoint",
         .fallback = "",
         .description = "Collector of traces, such as http://127.0.0.1:4318/v1/traces; empty: nothing is traced.",
         .form = form::http_address},
        {.name = "traces.sample",
         .type = Type::integer,
         .fallback = "0",
         .description = "Of 1,000 requests that nobody asked to see, so many are traced.",
         .least = 0,
         .most = 1000},
        {.name = "hub.publish",
         .fallback = "tcp://127.0.0.1:7311",
         .description = "Where services publish; port 0 takes a free one.",
         .form = form::tcp_endpoint},
        {.name = "hub.subscribe",
         .fallback = "tcp://127.0.0.1:7312",
         .description = "Where followers get events; port 0 takes a free one.",
         .form = form::tcp_endpoint},
        {.name = "hub.request",
         .fallback = "tcp://127.0.0.1:7313",
         .description = "Where requests go; port 0 takes a free one.",
         .form = form::tcp_endpoint},
        {.name = "hub.bind.publish",
         .fallback = "",
         .description = "Where the hub listens, if not at hub.publish.",
         .form = form::tcp_endpoint},
        {.name = "hub.bind.subscribe",
         .fallback = "",
         .description = "Where the hub listens, if not at hub.subscribe.",
         .form = form::tcp_endpoint},
        {.name = "hub.bind.request",
         .fallback = "",
         .description = "Where the hub listens, if not at hub.request.",
         .form = form::tcp_endpoint},
        {.name = "hub.public_key",
         .fallback = "",
         .description = "The hub's public key; read from keys/hub.key.",
         .form = {zeromq::is_key, text::curve_key}},
        {.name = "hub.http",
         .fallback = "127.0.0.1:0",
         .description = "Where health and figures are, or off.",
         .form = form::listen_address},
        {.name = "hub.program", .fallback = "", .description = "The executable, if not beside this one."},
        {.name = "hub.settings",
         .fallback = "",
         .description = "TOML of the hub's own, appended to its configuration."},
        {.name = "services.*.http",
         .fallback = "127.0.0.1:0",
         .description = "Where health and figures are, or off.",
         .form = form::listen_address},
        {.name = "services.*.listen",
         .fallback = "",
         .description = "Of the gateway: where browsers find it; 127.0.0.1:8080 if it is not said.",
         .form = form::listen_address},
        {.name = "services.*.program", .fallback = "", .description = "The executable, if not beside this one."},
        {.name = "services.*.partitions",
         .type = Type::integer,
         .fallback = "1",
         .description = "Partitions; fixed once the stores exist.",
         .least = 1,
         .most = most_partitions},
        {.name = "services.*.instances",
         .type = Type::integer,
         .fallback = "1",
         .description = "Processes that share the partitions; `gonghui scale` changes it while they run.",
         .least = 1,
         .most = most_partitions},
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
    plan.settings_from = config.origin(prefix + ".settings");
    return plan;
}

std::size_t turn_of(const std::string& service)
{
    return static_cast<std::size_t>(std::find(of_the_house.begin(), of_the_house.end(), service) -
                                    of_the_house.begin());
}

// What is wrong with the name of a service; nullopt: nothing.
std::optional<std::string> objection(const process::Config& config, const std::string& name, Language language)
{
    if (!is_free_name(name))
        return filled(text::bad_service_name.in(language), {in_quotes(name), text::free_name.in(language)});
    if (is_of_the_house(name) || !config.text("services." + name + ".program").empty()) return std::nullopt;
    if (const auto meant = nearest(name, of_the_house))
        return filled(text::no_program_meant.in(language), {in_quotes(name), in_quotes(*meant)});
    return filled(text::no_program.in(language), {in_quotes(name)});
}

void require_sound_services(const process::Config& config, Language language)
{
    std::vector<std::string> problems;
    for (const auto& name : config.tables("services")) {
        const auto key = "services." + name;
        if (const auto why = objection(config, name, language)) problems.push_back(config.origin(key) + ": " + *why);
        const auto partitions = config.integer(key + ".partitions");
        if (config.integer(key + ".instances") > partitions) {
            const auto most = std::to_string(partitions);
            problems.push_back(config.origin(key + ".instances") + ": " +
                               filled(text::too_many_instances.in(language), {name, most, most}));
        }
    }
    if (!problems.empty()) throw process::ConfigError(std::move(problems));
}

// What a file that leaves keys out is completed from.
process::Config embedded(Language language)
{
    return process::Config::parse(keys(), embedded_district, "district.toml", process::process_environment, language);
}

std::vector<ProgramPlan> services_of(const process::Config& config, Language language)
{
    auto names = config.tables("services");
    std::stable_sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return turn_of(a) < turn_of(b); });
    std::vector<ProgramPlan> services;
    for (const auto& name : names) {
        auto plan = program_of(config, name, "services." + name);
        plan.partitions = config.integer("services." + name + ".partitions");
        plan.instances = config.integer("services." + name + ".instances");
        plan.readers = config.integer("services." + name + ".readers");
        plan.listen = config.text("services." + name + ".listen");
        // It would listen all the same; so the plan says where, and what settles ports or looks at it finds it.
        if (plan.listen.empty() && name == "gateway") plan.listen = embedded(language).text("services.gateway.listen");
        services.push_back(std::move(plan));
    }
    return services;
}

}  // namespace

bool is_free_name(std::string_view name)
{
    return is_name(name) && name != "hub" && name != "ctl" && name != "up";
}

bool is_of_the_house(std::string_view service)
{
    return std::find(of_the_house.begin(), of_the_house.end(), service) != of_the_house.end();
}

DistrictText read_district(const Session& session, const std::filesystem::path& file)
{
    if (file.empty()) return {std::string(embedded_district), "district.toml"};
    return {read_file(session, file, process::Exit::config), file.string()};
}

DistrictPlan parse_district(const DistrictText& text, Language language)
{
    const auto config = process::Config::parse(keys(), text.toml, text.name, process::process_environment, language);
    require_sound_services(config, language);
    DistrictPlan plan;
    plan.district = config.text("district");
    plan.folder = config.text("folder");
    plan.peers = config.list("peers");
    plan.connect = {config.text("hub.publish"), config.text("hub.subscribe"), config.text("hub.request")};
    plan.bind = {or_else(config.text("hub.bind.publish"), plan.connect.publish),
                 or_else(config.text("hub.bind.subscribe"), plan.connect.subscribe),
                 or_else(config.text("hub.bind.request"), plan.connect.request)};
    plan.hub_public_key = config.text("hub.public_key");
    plan.traces_endpoint = config.text("traces.endpoint");
    plan.traces_sample = config.integer("traces.sample");
    plan.hub = program_of(config, "hub", "hub");
    plan.services = services_of(config.tables("services").empty() ? embedded(language) : config, language);
    return plan;
}

std::string print_district(const DistrictText& text, Language language)
{
    return process::Config::parse(keys(), text.toml, text.name, process::process_environment, language).print();
}

}  // namespace gonghui::ctl
