#include "services/ctl/domain/district.hpp"

#include "common/text/quotes.hpp"

#include <algorithm>
#include <charconv>

namespace gonghui::ctl {

namespace {

constexpr std::string_view written_by = "# Written by `gonghui up`; change the district's file instead.\n";

std::string in(std::string_view folder, std::string_view below, std::string_view name, std::string_view ending)
{
    std::string out(folder);
    out += '/';
    out += below;
    out += name;
    out += ending;
    return out;
}

std::string line(std::string_view name, std::string_view value)
{
    return std::string(name) + " = " + in_quotes(value) + '\n';
}

std::string line(std::string_view name, std::int64_t value)
{
    return std::string(name) + " = " + std::to_string(value) + '\n';
}

std::string with_line_end(std::string text)
{
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    return text;
}

std::string list_text(const std::vector<std::string>& items)
{
    std::string out = "[";
    for (const auto& item : items) out += (out.size() > 1 ? ", " : "") + in_quotes(item);
    return out + ']';
}

std::int64_t lines_in(std::string_view text)
{
    return std::count(text.begin(), text.end(), '\n');
}

std::string_view line_of(std::string_view text, std::int64_t number)
{
    for (; number > 1; --number) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    return text.substr(0, text.find('\n'));
}

std::string program_lines(const ProgramPlan& program)
{
    return line("program", program.program) + line("http", program.http) + line("settings", program.settings);
}

}  // namespace

std::string key_folder(std::string_view folder)
{
    return in(folder, "keys", "", "");
}

std::string identity_file(std::string_view folder, std::string_view instance)
{
    return in(folder, "keys/", instance, ".key");
}

std::string service_key_file(std::string_view folder, std::string_view service)
{
    return in(folder, "keys/", service, ".service");
}

std::string authorized_file(std::string_view folder)
{
    return in(folder, "keys/", "authorized", ".toml");
}

std::string district_file(std::string_view folder)
{
    return in(folder, "", "district", ".toml");
}

std::string config_file(std::string_view folder, std::string_view program)
{
    return in(folder, "config/", program, ".toml");
}

std::string log_file(std::string_view folder, std::string_view program)
{
    return in(folder, "log/", program, ".log");
}

std::string pid_file(std::string_view folder, std::string_view program)
{
    return in(folder, "run/", program, ".pid");
}

std::string instances_file(std::string_view folder, std::string_view service)
{
    return in(folder, "run/", service, ".instances");
}

std::string plug_folder(std::string_view folder)
{
    return in(folder, "plugged", "", "");
}

std::string plug_file(std::string_view folder, std::string_view service)
{
    return in(folder, "plugged/", service, "");
}

std::string instance_of(std::string_view service, std::int64_t number)
{
    return std::string(service) + '-' + std::to_string(number);
}

std::string unit_of(std::string_view service, std::int64_t number)
{
    return number == 0 ? std::string(service) : instance_of(service, number);
}

std::string hub_config(const DistrictPlan& plan)
{
    return std::string(written_by) + line("district", plan.district) + line("bind.publish", plan.bind.publish) +
           line("bind.subscribe", plan.bind.subscribe) + line("bind.request", plan.bind.request) +
           line("keys.own", identity_file(plan.folder, "hub")) + line("keys.authorized", authorized_file(plan.folder)) +
           line("http.listen", plan.hub.http) + with_line_end(plan.hub.settings);
}

std::string service_config(const DistrictPlan& plan, const ProgramPlan& service, std::int64_t number)
{
    return std::string(written_by) + line("district", plan.district) + line("hub.publish", plan.connect.publish) +
           line("hub.subscribe", plan.connect.subscribe) + line("hub.request", plan.connect.request) +
           line("hub.public_key", plan.hub_public_key) + line("instance", std::to_string(number)) +
           line("keys.identity", identity_file(plan.folder, instance_of(service.name, number))) +
           line("keys.service", service_key_file(plan.folder, service.name)) +
           line("store.folder", plan.folder + "/store") + line("partitions", service.partitions) +
           line("readers", service.readers) + line("http.listen", service.http) +
           (service.listen.empty() ? "" : line("edge.listen", service.listen)) + with_line_end(service.settings);
}

std::string to_toml(const DistrictPlan& plan)
{
    auto out = std::string("# The district as it runs, written by `gonghui up`.\n") + line("district", plan.district) +
               line("folder", plan.folder) + "peers = " + list_text(plan.peers) + "\n\n[hub]\n" +
               line("publish", plan.connect.publish) + line("subscribe", plan.connect.subscribe) +
               line("request", plan.connect.request) + line("bind.publish", plan.bind.publish) +
               line("bind.subscribe", plan.bind.subscribe) + line("bind.request", plan.bind.request) +
               line("public_key", plan.hub_public_key) + program_lines(plan.hub);
    for (const auto& service : plan.services)
        out += "\n[services." + service.name + "]\n" + program_lines(service) + line("partitions", service.partitions) +
               line("instances", service.instances) + line("readers", service.readers) +
               (service.listen.empty() ? "" : line("listen", service.listen));
    return out;
}

std::optional<std::string> place_of_line(const ProgramPlan& program, std::string_view config, std::int64_t line,
                                         std::string_view file)
{
    const auto nth = line - (lines_in(config) - lines_in(with_line_end(program.settings)));
    if (nth < 1) return std::nullopt;
    const std::string_view from = program.settings_from;
    const auto colon = std::min(from.rfind(':'), from.size());
    std::int64_t key_line = 0;
    std::from_chars(from.data() + std::min(colon + 1, from.size()), from.data() + from.size(), key_line);
    if (key_line < 1) return std::string(from);  // a variable has no lines

    auto opening = line_of(file, key_line);
    while (!opening.empty() && (opening.back() == ' ' || opening.back() == '\r')) opening.remove_suffix(1);
    const bool begins_below = opening.ends_with("\"\"\"") || opening.ends_with("'''");
    const bool has_lines = opening.find("\"\"\"") != opening.npos || opening.find("'''") != opening.npos;
    const auto at = key_line + (begins_below ? nth : has_lines ? nth - 1 : 0);
    return std::string(from.substr(0, colon)) + ':' + std::to_string(at);
}

}  // namespace gonghui::ctl
