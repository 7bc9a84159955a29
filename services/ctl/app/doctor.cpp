#include "services/ctl/app/doctor.hpp"

#include "common/messaging/integrity.hpp"
#include "common/process/http.hpp"
#include "common/runtime/partition.hpp"
#include "common/sqlite/database.hpp"
#include "common/zeromq/keys.hpp"
#include "services/ctl/app/connection.hpp"
#include "services/ctl/app/district_config.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/app/hub_view.hpp"
#include "services/ctl/app/ports.hpp"
#include "services/ctl/app/programs.hpp"
#include "services/ctl/app/reports.hpp"
#include "services/ctl/domain/authorized.hpp"
#include "services/ctl/domain/doctor.hpp"
#include "services/ctl/domain/texts.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <thread>

namespace gonghui::ctl {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t least_free_bytes = 1ULL << 30U;  // as store.least_free_mib has it
// A follower that lives asks for a page within a second.
constexpr std::chrono::seconds between_looks{2};

std::vector<fs::path> files_in(const fs::path& folder, std::string_view ending)
{
    std::vector<fs::path> files;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none))
        if (entry.path().extension() == ending) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

void look_at_keys(const Session& session, const DistrictPlan& plan, Symptoms& seen)
{
    constexpr auto of_others = fs::perms::group_all | fs::perms::others_all;
    std::vector<Grant> grants;
    if (fs::exists(authorized_file(plan.folder)))
        grants = read_grants(read_file(session, authorized_file(plan.folder)));
    for (const auto* ending : {".key", ".service"})
        for (const auto& file : files_in(key_folder(plan.folder), ending)) {
            if ((fs::status(file).permissions() & of_others) != fs::perms::none) {
                seen.readable_keys.push_back(file.native());
                continue;  // nobody loads it as it is
            }
            if (file.stem() == "hub" || file.extension() != ".key") continue;
            const auto key = zeromq::KeyPair::load(file).public_key;
            const bool is_granted =
                std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) { return grant.public_key == key; });
            if (!is_granted) seen.ungranted_keys.push_back({file.native(), file.stem().native()});
        }
}

void look_at_pid_files(const DistrictPlan& plan, Symptoms& seen)
{
    for (const auto& file : files_in(plan.folder + "/run", ".pid")) {
        const auto unit = file.stem().native();
        const auto service = unit.substr(0, unit.find('-'));
        const auto program = "gonghui-" + service;
        const bool is_of_up = unit == "up";
        // What somebody else wrote runs under any name.
        if (!is_of_up && unit != "hub" && !is_of_the_house(service)) continue;
        std::error_code none;
        if (is_of_up && fs::file_size(file, none) == 0) continue;  // it says itself that nobody runs
        // The kernel cuts a program's name.
        constexpr std::size_t kernel_name = 15;
        const auto name = is_of_up ? std::string("gonghui") : program.substr(0, kernel_name);
        if (!running(plan.folder, unit, name)) seen.stale_pid_files.push_back(file.native());
    }
}

// What the store remembers, or what its program would come upon as it starts.
std::optional<std::string> damage_of(const fs::path& file)
{
    constexpr std::int64_t verified_at_start = 1024;
    try {
        sqlite::Database store(file, {.access = sqlite::Access::read_only});
        if (const auto damage = messaging::remembered_damage(store)) return damage->what;
        messaging::EventLog(store).verify_tail(verified_at_start);
    } catch (const messaging::BrokenChain& broken) {
        return broken.what();
    } catch (const sqlite::Error& error) {
        if (!error.is_corruption()) throw;
        return error.what();
    }
    return std::nullopt;
}

void look_at_stores(const DistrictPlan& plan, Symptoms& seen)
{
    const fs::path stores = plan.folder + "/store";
    std::error_code none;
    if (const auto space = fs::space(stores, none); !none) seen.free_bytes = space.available;
    seen.least_free_bytes = none ? 0 : least_free_bytes;
    for (const auto& service : plan.services) {
        if (!is_of_the_house(service.name)) continue;
        for (int partition = 0; partition < service.partitions; ++partition) {
            const auto file = runtime::files_of(stores, service.name, partition).store();
            if (!fs::exists(file, none)) continue;
            if (auto what = damage_of(file)) seen.damages.push_back({file.native(), *std::move(what)});
        }
    }
}

void look_at_ports(const DistrictPlan& plan, Symptoms& seen)
{
    for (const auto& endpoint : {plan.bind.publish, plan.bind.subscribe, plan.bind.request, plan.hub.http})
        if (is_taken(endpoint)) seen.taken_ports.push_back(endpoint);
}

// Those of the first look that have not moved since.
std::vector<Lag> stuck_among(const std::vector<Lag>& first, const std::vector<Lag>& second)
{
    std::vector<Lag> stuck;
    for (const auto& lag : second) {
        const auto before = std::find_if(first.begin(), first.end(), [&](const Lag& one) {
            return one.follower == lag.follower && one.source == lag.source;
        });
        const bool was_there = before != first.end() && before->cursor == lag.cursor && before->behind > 0;
        if (lag.diverged || (lag.behind > 0 && was_there)) stuck.push_back(lag);
    }
    return stuck;
}

void look_at_versions(const Session& session, const DistrictPlan& plan, Symptoms& seen)
{
    for (const auto& service : plan.services) {
        const auto installed = version_of(session, service);
        const auto running = std::find_if(seen.partitions.begin(), seen.partitions.end(), [&](const auto& partition) {
            return partition.service == service.name && partition.answered;
        });
        if (!installed || running == seen.partitions.end() || running->version == *installed) continue;
        seen.outdated.push_back({service.name, running->version, *installed});
    }
}

// Of whom a partition answers on the bus, whether browsers are answered as well. In a container it has a network of its
// own.
void look_at_edge(const Session& session, const DistrictPlan& plan, Symptoms& seen)
{
    constexpr int not_found = 404;
    for (const auto& service : plan.services) {
        const bool is_up = std::any_of(seen.partitions.begin(), seen.partitions.end(), [&](const auto& partition) {
            return partition.service == service.name && partition.answered;
        });
        if (service.listen.empty() || !is_up || !version_of(session, service)) continue;
        if (!process::http_status(service.listen, "/api/v1/health"))
            seen.silent_edges.push_back(service.listen);
        else if (process::http_status(service.listen, "/") == not_found)
            seen.edges_without_pages.push_back(service.listen);
    }
}

void ask(const Session& session, const DistrictPlan& plan, Symptoms& seen)
{
    Connection connection(session, plan);
    if (const auto hub = ask_hub(connection, milliseconds(1'000))) {
        seen.hub_wire = hub->wire;
        for (const auto& one : hub->kept_out) seen.kept_out.push_back({one.instance, one.rate, one.times});
    }
    seen.own_wire = messaging::newest_wire;
    seen.partitions = ask_everybody(connection);
    seen.now = connection.clock().now();
    const auto first = lags_of(seen.partitions);
    if (std::any_of(first.begin(), first.end(), [](const Lag& lag) { return lag.behind > 0 || lag.diverged; })) {
        std::this_thread::sleep_for(between_looks);
        seen.stuck = stuck_among(first, lags_of(ask_everybody(connection)));
    }
}

Symptoms look(const Session& session)
{
    const auto plan = load_plan(session);
    Symptoms seen;
    look_at_keys(session, plan, seen);
    look_at_pid_files(plan, seen);
    look_at_stores(plan, seen);
    try {
        ask(session, plan, seen);
        look_at_versions(session, plan, seen);
        look_at_edge(session, plan, seen);
    } catch (const process::Failure& failure) {
        seen.hub_problem = failure.what();
    } catch (const zeromq::KeyError& error) {
        seen.hub_problem = error.what();
    }
    // Of a hub that runs they are its own.
    if (seen.hub_problem) look_at_ports(plan, seen);
    return seen;
}

std::string in_words(const Session& session, const Text& text, const Finding& finding)
{
    return session.say(text, {finding.values[0], finding.values[1], finding.values[2]});
}

}  // namespace

int doctor(const Session& session)
{
    const auto findings = diagnose(look(session));
    for (const auto& finding : findings)
        std::cout << in_words(session, finding.what, finding) << "\n    " << in_words(session, finding.remedy, finding)
                  << '\n';
    if (findings.empty()) std::cout << session.say(text::nothing_wrong) << '\n';
    return findings.empty() ? 0 : exit_code::not_all;
}

}  // namespace gonghui::ctl
