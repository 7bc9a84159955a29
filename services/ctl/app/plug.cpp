#include "services/ctl/app/plug.hpp"

#include "common/process/config.hpp"
#include "services/ctl/app/connection.hpp"
#include "services/ctl/app/district_config.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/app/keys.hpp"
#include "services/ctl/app/last_words.hpp"
#include "services/ctl/app/programs.hpp"
#include "services/ctl/domain/texts.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <thread>

namespace gonghui::ctl {

namespace {

namespace fs = std::filesystem;
using process::Exit;
using std::chrono::steady_clock;

constexpr milliseconds patience{500};
constexpr milliseconds between_looks{50};

process::Keys keys()
{
    using process::Type;
    const process::Form names{is_free_name, text::free_name};
    return {
        {.name = "service", .description = "Its name.", .form = names},
        {.name = "follow", .type = Type::list, .fallback = "", .description = "The services whose events it follows."},
        {.name = "call", .type = Type::list, .fallback = "", .description = "The requests that it makes, one by one."},
    };
}

std::string joined(const std::vector<std::string>& words)
{
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
    return out.empty() ? "-" : out;
}

// What it asks for: to publish for itself, and what its file names.
Grant rights_in(const Session& session, const fs::path& folder)
{
    const auto file = folder / "rights.toml";
    if (!fs::is_regular_file(file))
        throw session.failure(Exit::usage, text::no_plug_in, {folder.native(), "rights.toml"});
    // Of the file alone: an environment is not asked what a key may do.
    const auto config = process::Config::parse(
        keys(), read_file(session, file), file.native(), [](const std::string&) { return std::nullopt; },
        session.language);
    Grant asked;
    asked.service = config.text("service");
    asked.publish = {asked.service};
    asked.follow = config.list("follow");
    asked.call = config.list("call");
    return asked;
}

bool has_key(const Session& session, const std::string& service)
{
    return fs::exists(identity_file(session.folder, instance_of(service)));
}

// Unless the operator has given the rights before, by name.
void require_modest(const Session& session, const fs::path& folder, const Grant& asked)
{
    const auto words = excessive(asked);
    if (words.empty() || has_key(session, asked.service)) return;
    auto command =
        "gonghui keys add " + asked.service + ' ' + instance_of(asked.service) + " --publish " + asked.service;
    for (const auto& service : asked.follow) command += " --follow '" + service + '\'';
    for (const auto& type : asked.call) command += " --call '" + type + '\'';
    command += " --rate " + std::to_string(asked.rate);
    throw session.failure(Exit::usage, text::excessive_rights,
                          {(folder / "rights.toml").native(), joined(words), command});
}

void require_free(const Session& session, const std::string& name)
{
    const auto taken = [&](std::string_view by) {
        return session.failure(Exit::usage, text::plug_name_taken, {name, by});
    };
    if (is_of_the_house(name)) throw taken(session.say(text::taken_by_the_house));
    const auto link = plug_file(session.folder, name);
    if (fs::is_symlink(link))
        throw session.failure(Exit::usage, text::already_plugged, {name, fs::read_symlink(link).native()});
    for (const auto& service : load_plan(session).services)
        if (service.name == name) throw taken(session.say(text::taken_by_the_plan));
    for (const auto& grant : read_grants(read_file(session, authorized_file(session.folder))))
        if ((grant.service == name) != (grant.instance == instance_of(name))) throw taken(grant.instance + ".key");
}

// A key that is there is kept: what the operator has granted counts, if it is enough.
void give_key(const Session& session, const Grant& rights)
{
    const auto instance = instance_of(rights.service);
    if (!has_key(session, rights.service)) {
        keys_add(session, {rights.service, instance, true, rights, rights.rate});
        return;
    }
    for (const auto& grant : read_grants(read_file(session, authorized_file(session.folder)))) {
        if (grant.instance != instance) continue;
        const auto missing = lacking(grant, rights);
        if (missing.empty()) return warn_of_unpublished(session, rights.follow);  // as `keys add` does
        throw session.failure(Exit::usage, text::rights_lacking, {instance, joined(missing), grant.public_key});
    }
    throw session.failure(Exit::usage, text::key_not_granted, {identity_file(session.folder, instance)});
}

std::optional<pid_t> pid_of(const Session& session, const std::string& service)
{
    pid_t pid = 0;
    if (!(std::ifstream(pid_file(session.folder, service)) >> pid)) return std::nullopt;
    return pid;
}

bool answers(Connection& connection, const std::string& service)
{
    const auto bytes = connection.client().call(connection.to_partition(service, "_status", 0), patience);
    codec::Parser parser;
    const auto reply = bytes ? messaging::decode_reply(parser, *bytes) : tl::make_unexpected(std::string());
    return reply && reply->outcome == messaging::Outcome::accepted;
}

// Else its answers would pass for those of what `up` starts, which could only end.
void require_unserved(const Session& session, const std::string& name)
{
    Connection connection(session);
    if (answers(connection, name))
        throw session.failure(Exit::unavailable, text::served_already, {name, instance_of(name)});
}

// Until it answers. Its log began at `since`.
void await(const Session& session, const std::string& name, std::int64_t timeout_seconds, std::int64_t since)
{
    const auto log = log_file(session.folder, name);
    Connection connection(session);
    std::optional<pid_t> first;
    for (const auto give_up = steady_clock::now() + std::chrono::seconds(timeout_seconds);
         steady_clock::now() < give_up; std::this_thread::sleep_for(between_looks)) {
        if (!fs::is_symlink(plug_file(session.folder, name)))
            throw session.failure(Exit::config, text::plug_refused, {name});
        const auto pid = pid_of(session, name);
        if (!first) first = pid;
        if (first && pid != first)
            throw session.failure(Exit::unavailable, text::plug_failed, {name, log, last_words(session, log, since)});
        if (first && answers(connection, name)) return;
    }
    throw session.failure(Exit::unavailable, text::plug_silent,
                          {name, std::to_string(timeout_seconds), log, last_words(session, log, since)});
}

}  // namespace

int plug(const Session& session, const PlugOptions& options)
{
    std::error_code none;
    const auto folder = fs::weakly_canonical(options.folder, none);
    auto rights = rights_in(session, folder);
    rights.rate = options.rate;
    const auto& name = rights.service;
    ProgramPlan program;
    program.program = folder / plug_in_program;
    program_file(session, program);
    load_plan(session);  // there is a district
    require_free(session, name);
    require_modest(session, folder, rights);
    if (!running(session.folder, "up", "gonghui"))
        throw session.failure(Exit::unavailable, text::nothing_up_to_plug, {session.folder});
    require_unserved(session, name);
    give_key(session, rights);
    std::cout << session.say(text::plugging, {name, joined(rights.publish), joined(rights.follow), joined(rights.call)})
              << std::endl;
    make_folder(session, plug_folder(session.folder), Privacy::open);
    const auto log_began = size_of_log(log_file(session.folder, name));
    fs::create_directory_symlink(folder, plug_file(session.folder, name));
    await(session, name, options.timeout_seconds, log_began);
    std::cout << session.say(text::plugged, {name, log_file(session.folder, name)}) << '\n';
    return 0;
}

int unplug(const Session& session, const UnplugOptions& options)
{
    const auto& name = options.service;
    std::error_code none;
    std::vector<std::string> plugged;
    for (const auto& entry : fs::directory_iterator(plug_folder(session.folder), none))
        plugged.push_back(entry.path().filename());
    if (std::find(plugged.begin(), plugged.end(), name) == plugged.end())
        throw session.failure(Exit::usage, text::not_plugged, {name, joined(plugged)});
    fs::remove(plug_file(session.folder, name));
    if (running(session.folder, "up", "gonghui")) {
        // `up` removes the file once the program has ended, and then the plan is without it.
        const auto give_up = steady_clock::now() + std::chrono::seconds(options.timeout_seconds);
        while (pid_of(session, name)) {
            if (steady_clock::now() > give_up)
                throw session.failure(Exit::unavailable, text::not_ended,
                                      {name, std::to_string(options.timeout_seconds)});
            std::this_thread::sleep_for(between_looks);
        }
    }
    fs::remove(pid_file(session.folder, name));  // of an `up` that was killed
    for (const auto& grant : read_grants(read_file(session, authorized_file(session.folder))))
        if (grant.service == name) keys_revoke(session, {grant.public_key});
    std::cout << session.say(text::unplugged, {name, session.folder + "/store/" + instance_of(name) + ".db"}) << '\n';
    return 0;
}

}  // namespace gonghui::ctl
