#include "services/ctl/app/up.hpp"

#include "common/process/log.hpp"
#include "common/process/signals.hpp"
#include "common/zeromq/keys.hpp"
#include "services/ctl/app/district_config.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/app/keys.hpp"
#include "services/ctl/app/ports.hpp"
#include "services/ctl/app/programs.hpp"
#include "services/ctl/app/supervisor.hpp"
#include "services/ctl/domain/texts.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

namespace gonghui::ctl {

namespace {

using process::Exit;

// One `up` per folder.
class FolderLock {
public:
    FolderLock(const Session& session, const std::string& folder)
        : descriptor_(open(pid_file(folder, "up").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644))
    {
        if (descriptor_ < 0 || flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
            if (descriptor_ >= 0) close(descriptor_);
            throw session.failure(Exit::unavailable, text::already_up, {folder});
        }
        const auto pid = std::to_string(getpid()) + '\n';
        if (ftruncate(descriptor_, 0) != 0 || write(descriptor_, pid.data(), pid.size()) < 0)
            throw session.failure(Exit::cannot_create, text::cannot_write, {pid_file(folder, "up"), "run"});
    }
    // The file stays, so that no two processes ever lock different ones; that nobody runs is told by its being empty.
    ~FolderLock()
    {
        [[maybe_unused]] const int emptied = ftruncate(descriptor_, 0);
        close(descriptor_);
    }
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    int descriptor_;
};

void make_folders(const Session& session, const std::string& folder)
{
    for (const auto* below : {"", "/config", "/log", "/run"}) make_folder(session, folder + below, Privacy::open);
    for (const auto* below : {"/keys", "/store"}) make_folder(session, folder + below, Privacy::secret);
}

void write_configs(const Session& session, const DistrictPlan& plan, FreePorts& ports)
{
    write_file(session, config_file(plan.folder, "hub"), hub_config(plan), Privacy::open);
    for (auto service : plan.services)
        for (std::int64_t number = 0; number < service.instances; ++number) {
            if (number > 0) service.http = ports.in_place_of(service.http);
            write_service_config(session, plan, service, number);
        }
    write_file(session, district_file(plan.folder), to_toml(plan), Privacy::open);
}

DistrictPlan plan_of(const Session& session, const UpOptions& options, const DistrictText& text)
{
    auto plan = parse_district(text, session.language);
    plan.folder = options.has_folder ? session.folder : std::filesystem::absolute(plan.folder).string();
    return plan;
}

// Before anything starts: whoever has no key could only end again.
void require_keys(const Session& session, const DistrictPlan& plan)
{
    for (const auto& service : without_key(plan))
        throw session.failure(Exit::config, text::plug_in_without_key, {service, instance_of(service)});
}

int supervise(const Session& session, const UpOptions& options, const DistrictPlan& plan, FreePorts& ports)
{
    process::log::set_up(
        {.service = "gonghui", .level = process::log::Level::warning, .format = process::log::Format::text});
    process::Signals signals;
    Supervisor supervisor(session, plan, ports, {options.once_ready, options.once});
    signals.on_reload([&] { supervisor.request_reload(); });
    const auto code = supervisor.run(signals.stop());
    signals.on_reload(nullptr);
    return code;
}

}  // namespace

int up(const Session& session, const UpOptions& options)
{
    const auto text = read_district(session, options.config);
    auto plan = plan_of(session, options, text);
    if (options.errand == UpErrand::print_config) {
        std::cout << print_district(text, session.language);
        return 0;
    }
    // Whoever only writes the configuration may have the programs elsewhere.
    if (options.errand != UpErrand::write_config) require_sound_settings(session, plan, text);
    if (options.errand == UpErrand::check_config) {
        std::cout << text.name << ": " << session.say(text::config_correct) << '\n';
        return 0;
    }
    make_folders(session, plan.folder);
    const FolderLock lock(session, plan.folder);
    FreePorts ports;
    settle_ports(plan, options.free_ports ? Ports::all_free : Ports::as_planned, ports);
    complete_keys(session, plan);
    require_keys(session, plan);
    plan.hub_public_key = zeromq::KeyPair::load(identity_file(plan.folder, "hub")).public_key;
    write_configs(session, plan, ports);
    if (options.errand == UpErrand::write_config) return 0;

    Session here = session;
    here.folder = plan.folder;
    return supervise(here, options, plan, ports);
}

}  // namespace gonghui::ctl
