#include "common/process/run.hpp"

#include "common/process/http.hpp"
#include "common/process/log.hpp"
#include "common/process/signals.hpp"
#include "common/sqlite/database.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <new>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace gonghui::process {

namespace {

enum class Errand : std::uint8_t { run, check_config, print_config, help, version };

struct CommandLine {
    Errand errand = Errand::run;
    std::filesystem::path config;
};

int as_status(Exit code)
{
    return static_cast<int>(code);
}

// `arguments` without the program's name. Throws Failure(Exit::usage).
CommandLine parse_arguments(const std::vector<std::string_view>& arguments)
{
    CommandLine line;
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        const std::string_view argument = arguments[index];
        if (argument == "--config") {
            if (++index == arguments.size()) throw Failure(Exit::usage, "--config needs a file");
            line.config = arguments[index];
        } else if (argument.starts_with("--config=")) {
            line.config = argument.substr(std::string_view("--config=").size());
        } else if (argument == "--check-config") {
            line.errand = Errand::check_config;
        } else if (argument == "--print-config") {
            line.errand = Errand::print_config;
        } else if (argument == "--help" || argument == "-h") {
            line.errand = Errand::help;
        } else if (argument == "--version") {
            line.errand = Errand::version;
        } else {
            throw Failure(Exit::usage,
                          "unknown argument \"" + std::string(argument) + "\"; --help lists what there is");
        }
    }
    return line;
}

Keys all_keys(const Program& program)
{
    Keys keys = program.keys;
    keys.push_back({.name = "log.level",
                    .fallback = "info",
                    .description = "The least level that is logged.",
                    .change = Change::at_reload,
                    .choices = {"debug", "info", "warning", "error"}});
    keys.push_back({.name = "log.format",
                    .fallback = "auto",
                    .description = "How records look on stderr; auto is text on a terminal, journal where systemd's "
                                   "journal takes them (JSON behind a priority, without a time), and JSON elsewhere.",
                    .choices = {"auto", "json", "text", "journal"}});
    keys.push_back({.name = "http.listen",
                    .fallback = program.http_listen,
                    .description = "Where /healthz, /readyz and /metrics are; port 0 takes a free one, off none.",
                    .form = form::listen_address});
    return keys;
}

void print_help(const Program& program, const Keys& keys)
{
    std::cout << program.name << ": " << program.summary << "\n\nUsage: " << program.name
              << " [--config FILE] [--check-config | --print-config | --help | --version]\n\n"
              << "  --config FILE   read this TOML file; without it, defaults and environment alone\n"
              << "  --check-config  say what is wrong with the configuration and end\n"
              << "  --print-config  print every key with its value and origin, secrets masked, and end\n\n"
              << "Keys of the configuration; the environment variable GONGHUI_A_B wins over the key a.b:\n\n"
              << describe(keys) << "\nExit codes: 0 done, 64 wrong usage, 65 damaged or newer store, 69 port or peer "
              << "unavailable,\n70 fault, 71 system, 73 folder not writable, 74 I/O, 77 no permission, 78 wrong "
              << "configuration.\n";
}

Exit exit_of(const std::system_error& error)
{
    const auto& condition = error.code();
    if (condition == std::errc::address_in_use) return Exit::unavailable;
    if (condition == std::errc::permission_denied || condition == std::errc::operation_not_permitted)
        return Exit::no_permission;
    if (condition == std::errc::read_only_file_system) return Exit::cannot_create;
    if (condition == std::errc::io_error || condition == std::errc::no_space_on_device) return Exit::io;
    return Exit::os;
}

// The primary codes of SQLite (sqlite.org/rescode.html), the low byte of an extended one.
Exit exit_of(const sqlite::Error& error)
{
    constexpr int busy = 5;
    constexpr int no_memory = 7;
    constexpr int read_only = 8;
    constexpr int io_error = 10;
    constexpr int corrupt = 11;
    constexpr int full = 13;
    constexpr int cannot_open = 14;
    constexpr int not_a_database = 26;
    switch (error.extended_code() & 0xFF) {
        case busy:
            return Exit::unavailable;
        case no_memory:
            return Exit::os;
        case read_only:
        case cannot_open:
            return Exit::cannot_create;
        case io_error:
        case full:
            return Exit::io;
        case corrupt:
        case not_a_database:
            return Exit::data;
        default:
            return Exit::software;
    }
}

struct Problem {
    Exit code;
    std::string message;
};

// Of the exception being handled.
Problem current_problem()
{
    try {
        throw;
    } catch (const Failure& failure) {
        return {failure.code(), failure.what()};
    } catch (const ConfigError& error) {
        return {Exit::config, error.what()};
    } catch (const sqlite::StoreTooNew& error) {
        return {Exit::data, error.what()};
    } catch (const sqlite::Error& error) {
        return {exit_of(error), error.what()};
    } catch (const std::filesystem::filesystem_error& error) {
        return {exit_of(error) == Exit::io ? Exit::io : Exit::cannot_create, error.what()};
    } catch (const std::system_error& error) {
        return {exit_of(error), error.what()};
    } catch (const std::bad_alloc&) {
        return {Exit::os, "out of memory"};
    } catch (const std::exception& error) {
        return {Exit::software, error.what()};
    } catch (...) {
        return {Exit::software, "something that is no std::exception was thrown"};
    }
}

// $JOURNAL_STREAM names device and inode of the stream that systemd gave (systemd.exec(5)); stderr may be another
// since.
bool is_journal(int descriptor)
{
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    return stream != nullptr && ::fstat(descriptor, &status) == 0 &&
           stream == std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
}

log::Format format_of(std::string_view word)
{
    if (word == "json") return log::Format::json;
    if (word == "text") return log::Format::text;
    if (word == "journal" || is_journal(STDERR_FILENO)) return log::Format::journal;
    return isatty(STDERR_FILENO) != 0 ? log::Format::text : log::Format::json;
}

std::string joined(const std::vector<std::string>& names)
{
    std::string all;
    for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
}

// Everything that stands while the body runs, in order of dependency.
int run_body(const Program& program, const Keys& keys, const std::filesystem::path& file, const Config& config,
             const std::function<int(Setup&)>& body)
{
    Signals signals;
    Metrics metrics;
    Readiness readiness;
    Watchdog watchdog;
    std::optional<HttpServer> http;
    if (config.text("http.listen") != "off") http.emplace(config.text("http.listen"), metrics, readiness);
    const int port = http ? http->port() : 0;
    metrics
        .gauge("gonghui_build_info", "Always 1; the label says which version runs.",
               {{"version", std::string(program.version)}})
        .set(1);
    log::info("started",
              {{"version", program.version}, {"pid", getpid()}, {"config", file.native()}, {"http_port", port}});

    const auto reload = [&keys, &file, &config](const std::function<void(const Config&)>& tell) {
        const Config fresh = Config::load(keys, file);
        log::set_level(log::parse_level(fresh.text("log.level")));
        if (tell) tell(fresh);
        log::info("reloaded", {{"config", file.native()}});
        const auto waiting = config.waiting_for_start(fresh);
        if (!waiting.empty()) log::warning("restart_needed", {{"keys", joined(waiting)}});
    };
    signals.on_reload([&] { reload(nullptr); });

    Setup setup{config,
                signals.stop(),
                metrics,
                readiness,
                watchdog,
                port,
                [&signals] { signals.request_stop(); },
                [&signals, reload](std::function<void(const Config&)> tell) {
                    signals.on_reload([reload, tell = std::move(tell)] { reload(tell); });
                }};
    const std::stop_callback stopping(setup.stop, [&watchdog] { watchdog.stopping(); });
    const int status = body(setup);
    log::info("stopped", {{"exit_code", status}, {"program", program.name}});
    return status;
}

// What is wrong goes to a person: in their language.
Config load(const Keys& keys, const std::filesystem::path& file)
{
    return Config::load(keys, file, process_environment, language_of_environment(process_environment));
}

int serve(const Program& program, const Keys& keys, const std::filesystem::path& file,
          const std::function<int(Setup&)>& body)
{
    const Config config = load(keys, file);
    log::set_up({.service = std::string(program.name),
                 .level = log::parse_level(config.text("log.level")),
                 .format = format_of(config.text("log.format"))});
    try {
        return run_body(program, keys, file, config, body);
    } catch (...) {
        const Problem problem = current_problem();
        log::error("stopped_by_fault", {{"error", problem.message}, {"exit_code", as_status(problem.code)}});
        return as_status(problem.code);
    }
}

// What needs no body.
void tell(const CommandLine& line, const Program& program, const Keys& keys)
{
    switch (line.errand) {
        case Errand::run:
            break;
        case Errand::help:
            print_help(program, keys);
            break;
        case Errand::version:
            std::cout << program.name << ' ' << program.version << '\n';
            break;
        case Errand::print_config:
            std::cout << load(keys, line.config).print();
            break;
        case Errand::check_config:
            static_cast<void>(load(keys, line.config));
            std::cout << line.config.string() << ": correct\n";
            break;
    }
}

}  // namespace

int run(const Program& program, int argc, char** argv, const std::function<int(Setup&)>& body)
{
    // Stores, keys and configurations are nobody else's business.
    ::umask(S_IRWXG | S_IRWXO);
    try {
        const CommandLine line = parse_arguments({argv + std::min(argc, 1), argv + argc});
        const Keys keys = all_keys(program);
        if (line.errand == Errand::run) return serve(program, keys, line.config, body);
        tell(line, program, keys);
        if (!std::cout.flush()) throw Failure(Exit::io, "the output could not be written in full");
        return as_status(Exit::ok);
    } catch (...) {
        const Problem problem = current_problem();
        std::cerr << program.name << ": " << problem.message << '\n';
        return as_status(problem.code);
    }
}

}  // namespace gonghui::process
