// Configuration and the hub's list of keys, as an operator mistypes them.

#include "common/process/config.hpp"
#include "services/hub/app/authorized.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <stdexcept>

using namespace gonghui;

namespace {

const process::Keys& keys()
{
    static const process::Keys table{
        {.name = "district", .type = process::Type::text, .fallback = "331083", .description = "code"},
        {.name = "bind.port",
         .type = process::Type::integer,
         .fallback = "7001",
         .description = "port",
         .least = 1,
         .most = 65535},
        {.name = "log.level",
         .type = process::Type::text,
         .fallback = "info",
         .description = "level",
         .choices = {"debug", "info"}},
        {.name = "drain", .type = process::Type::duration, .fallback = "5s", .description = "patience"},
        {.name = "on", .type = process::Type::boolean, .fallback = "true", .description = "switch"},
        {.name = "names", .type = process::Type::list, .fallback = "a,b", .description = "list"},
        {.name = "clients.*.public_key",
         .type = process::Type::text,
         .fallback = "",
         .description = "key",
         .secrecy = process::Secrecy::secret},
    };
    return table;
}

std::optional<std::string> nothing_set(const std::string&)
{
    return std::nullopt;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = as_text(fuzz::input(data, size));
    try {
        const auto config = process::Config::parse(keys(), text, "fuzz.toml", nothing_set);
        const auto printed = config.print();
        const auto again = process::Config::parse(keys(), printed, "printed.toml", nothing_set);
        fuzz::require(again.integer("bind.port") == config.integer("bind.port") &&
                          again.duration("drain") == config.duration("drain") &&
                          again.list("names") == config.list("names") &&
                          again.text("district") == config.text("district"),
                      "what is printed is the configuration");
    } catch (const process::ConfigError& error) {
        fuzz::require(!error.problems().empty(), "a wrong configuration is told what is wrong");
    }
    try {
        static_cast<void>(hub::parse_authorized(text, "fuzz.toml"));
    } catch (const std::runtime_error&) {
        return 0;  // the hub does not start, or keeps the list it has
    }
    return 0;
}
