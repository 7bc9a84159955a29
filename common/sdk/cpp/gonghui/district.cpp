#include "common/process/exit_codes.hpp"

#include <gonghui/district.hpp>
#include <toml++/toml.h>

#include <fstream>

namespace gonghui::sdk {

namespace {

namespace fs = std::filesystem;
using process::Exit;
using process::Failure;

std::string text(const toml::table& plan, std::string_view path, const fs::path& file)
{
    if (auto value = plan.at_path(path).value<std::string>()) return *value;
    throw Failure(Exit::config, file.native() + ": " + std::string(path) + " is missing or no text");
}

}  // namespace

District district_in(const fs::path& folder)
{
    const auto file = folder / "district.toml";
    if (!fs::exists(file))
        throw Failure(Exit::config, file.native() + ": there is no such file; is this a district's folder?");
    try {
        const auto plan = toml::parse_file(file.native());
        return {text(plan, "district", file),
                {text(plan, "hub.publish", file), text(plan, "hub.subscribe", file), text(plan, "hub.request", file),
                 text(plan, "hub.public_key", file)}};
    } catch (const toml::parse_error& error) {
        throw Failure(Exit::config, file.native() + ':' + std::to_string(error.source().begin.line) + ": " +
                                        std::string(error.description()));
    }
}

fs::path key_file(const fs::path& folder, std::string_view instance)
{
    return folder / "keys" / (std::string(instance) + ".key");
}

fs::path write_config(const fs::path& folder, const std::string& service, std::string_view how_to_make_a_key)
{
    const auto whole = fs::absolute(folder).lexically_normal();
    const auto district = district_in(whole);
    const auto identity = key_file(whole, service + "-0");
    if (!fs::exists(identity))
        throw Failure(Exit::config, identity.native() + " is missing; make it: " + std::string(how_to_make_a_key));
    const toml::table config{
        {"district", district.code},
        {"hub", toml::table{{"publish", district.hub.publish},
                            {"subscribe", district.hub.subscribe},
                            {"request", district.hub.request},
                            {"public_key", district.hub.public_key}}},
        {"keys",
         toml::table{{"identity", identity.native()}, {"service", (whole / "keys" / (service + ".service")).native()}}},
        {"store", toml::table{{"folder", (whole / "store").native()}}},
    };
    auto file = whole / "config" / (service + ".toml");
    std::ofstream out(file);
    out << config << '\n';
    if (!out.flush()) throw Failure(Exit::cannot_create, file.native() + " cannot be written");
    return file;
}

}  // namespace gonghui::sdk
