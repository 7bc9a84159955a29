#include "services/ctl/app/supervisor.hpp"

#include "services/ctl/app/district_config.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/app/hub_view.hpp"
#include "services/ctl/app/last_words.hpp"
#include "services/ctl/app/ports.hpp"
#include "services/ctl/app/programs.hpp"
#include "services/ctl/domain/table.hpp"
#include "services/ctl/domain/texts.hpp"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>
#include <thread>

namespace gonghui::ctl {

namespace {

using process::Exit;

constexpr milliseconds between_steps{50};
constexpr milliseconds probe_patience{150};
// Services drain for 5 s at most.
constexpr std::chrono::seconds stop_patience{10};

std::string seconds_text(Duration duration)
{
    const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count() / 100;
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
}

void tell(const std::string& line)
{
    std::cout << line << std::endl;  // at once: somebody may be waiting for it
}

}  // namespace

Supervisor::Supervisor(const Session& session, const DistrictPlan& plan, FreePorts& ports,
                       const SupervisorSettings& settings)
    : session_(session), plan_(plan), ports_(ports), settings_(settings)
{
    add(plan_.hub);
    for (const auto& service : plan_.services) {
        std::filesystem::remove(instances_file(plan_.folder, service.name));  // the plan counts from its start
        for (std::int64_t number = 0; number < service.instances; ++number) add(service, number);
    }
}

void Supervisor::add(const ProgramPlan& plan, std::int64_t number)
{
    auto& program = programs_.emplace_back();
    program.plan = plan;
    program.number = number;
    if (number == 0) return;
    program.plan.http = ports_.in_place_of(plan.http);
    write_service_config(session_, plan_, program.plan, number);
}

int Supervisor::run(const std::stop_token& stop)
{
    std::mutex mutex;
    std::condition_variable_any woken;
    try {
        while (!stop.stop_requested() && step()) {
            std::unique_lock lock(mutex);
            woken.wait_for(lock, stop, between_steps, [] { return false; });
        }
    } catch (...) {
        stop_all();
        throw;
    }
    stop_all();
    return exit_code_.value_or(0);
}

// False: the district is to end, with exit_code_.
bool Supervisor::step()
{
    reap();
    if (exit_code_) return false;
    follow_plugs();
    scale();
    start_due();
    pass_on_reload();
    probe();
    if (!was_all_ready_ && all_ready()) on_all_ready();
    follow_command();
    return !exit_code_;
}

void Supervisor::scale()
{
    for (const auto& service : plan_.services) {
        const auto file = instances_file(plan_.folder, service.name);
        std::int64_t wanted = 0;
        if (!(std::ifstream(file) >> wanted)) continue;
        try {
            scale(service, wanted);
        } catch (const std::exception& error) {  // what runs runs on
            tell(session_.say(text::cannot_scale, {service.name, error.what()}));
            std::filesystem::remove(file);
        }
    }
}

void Supervisor::scale(const ProgramPlan& service, std::int64_t wanted)
{
    std::int64_t running = 0;
    for (auto& program : programs_) {
        if (program.plan.name != service.name) continue;
        running = std::max(running, program.number + 1);
        if (program.number >= wanted && !program.is_parting) part(program);
    }
    for (auto number = running; number < wanted; ++number) add(service, number);
}

void Supervisor::part(Managed& program)
{
    program.is_parting = true;
    program.parts_until = clock_.now() + stop_patience;
    if (program.child) program.child->signal(SIGTERM);
}

void Supervisor::follow_plugs()
{
    const auto is_unplugged = [&](const ProgramPlan& service) {
        return service.is_plugged && !std::filesystem::is_symlink(plug_file(plan_.folder, service.name));
    };
    for (auto& program : programs_)
        if (!program.is_parting && is_unplugged(program.plan)) part(program);
    if (std::erase_if(plan_.services, is_unplugged) > 0) write_plan();

    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(plug_folder(plan_.folder), none)) {
        const auto name = entry.path().filename().string();
        // One of the plan has the name already, or what was unplugged just now has not ended.
        const bool is_taken = std::any_of(programs_.begin(), programs_.end(),
                                          [&](const Managed& program) { return program.plan.name == name; });
        if (!entry.is_symlink(none) || is_taken || !is_free_name(name) || is_of_the_house(name)) continue;
        try {
            plug_in(name);
        } catch (const std::exception& error) {  // what runs runs on
            tell(session_.say(text::cannot_plug, {name, error.what()}));
            std::filesystem::remove(entry.path(), none);
        }
    }
}

void Supervisor::plug_in(const std::string& name)
{
    ProgramPlan service;
    service.name = name;
    service.program = std::filesystem::read_symlink(plug_file(plan_.folder, name)) / plug_in_program;
    service.http = ports_.in_place_of("127.0.0.1:0");
    service.is_plugged = true;
    write_service_config(session_, plan_, service, 0);
    plan_.services.push_back(service);
    write_plan();
    add(service);
}

// As the operator's other commands read it.
void Supervisor::write_plan()
{
    write_file(session_, district_file(plan_.folder), to_toml(plan_), Privacy::open);
}

// A plug-in holds up nobody.
bool Supervisor::all_ready() const
{
    return std::all_of(programs_.begin(), programs_.end(),
                       [](const Managed& program) { return program.is_ready || program.plan.is_plugged; });
}

void Supervisor::start_due()
{
    const auto now = clock_.now();
    for (auto& program : programs_) {
        // The first start of the services waits for the hub: if its port is taken, nothing else need be tried.
        const bool may_start = &program == &programs_.front() || programs_.front().was_ready;
        if (!may_start || program.child || program.is_parting || now < program.start_at) continue;
        try {
            start(program);
        } catch (const process::Failure& failure) {
            if (!program.plan.is_plugged) throw;
            program.restarts.on_start(now);
            const auto wait = put_off(program);
            tell(session_.say(text::plug_in_not_started, {program.unit(), seconds_text(wait), failure.what()}));
        }
    }
}

// For how long.
Duration Supervisor::put_off(Managed& program)
{
    const auto wait = program.restarts.on_end(clock_.now());
    program.start_at = clock_.now() + wait;
    return wait;
}

void Supervisor::start(Managed& program)
{
    ChildSettings settings;
    settings.program = program_file(session_, program.plan);
    settings.arguments = {"--config", config_file(plan_.folder, program.unit())};
    settings.log = log_file(plan_.folder, program.unit());
    settings.language = session_.language;
    settings.takes_leftovers = program.plan.is_plugged;
    program.log_size = size_of_log(settings.log);
    program.child.emplace(settings);
    program.restarts.on_start(clock_.now());
    write_file(session_, pid_file(plan_.folder, program.unit()), std::to_string(program.child->pid()) + '\n',
               Privacy::open);
}

void Supervisor::reap()
{
    for (auto& program : programs_) {
        if (!program.child) continue;
        // It drains no longer; and while it stands still, it holds what others would serve.
        if (program.is_parting && clock_.now() > program.parts_until) program.child->signal(SIGKILL);
        if (const auto ended = program.child->ended()) on_end(program, *ended);
    }
    std::erase_if(programs_, [](const Managed& program) { return program.is_parting && !program.child; });
}

void Supervisor::on_end(Managed& program, const Ended& ended)
{
    const auto name = program.unit();
    std::filesystem::remove(pid_file(plan_.folder, name));
    program.child.reset();
    program.is_ready = false;
    if (program.is_parting) return tell(session_.say(text::instance_parted, {name}));
    const auto how = ended.signal != 0 ? session_.say(text::by_signal, {std::to_string(ended.signal)})
                                       : session_.say(text::by_code, {std::to_string(ended.code)});
    // Whoever was killed had no last words; those in the log are of before.
    const auto log = log_file(plan_.folder, name);
    const auto words =
        ended.signal == 0 ? last_words(session_, log, program.log_size) : session_.say(text::see_log, {log});
    // Before the first time that everything stood, what does not start is the operator's to mend.
    const bool is_hopeless = !program.plan.is_plugged && !program.was_ready && !was_all_ready_ &&
                             (needs_mending(ended.code) || ended.code == static_cast<int>(Exit::unavailable));
    if (is_hopeless) {
        std::cerr << session_.say(text::does_not_start, {name, how, words, log}) << '\n';
        exit_code_ = ended.code;
        return;
    }
    const auto wait = put_off(program);
    tell(session_.say(text::ended_and_restarts, {name, how, seconds_text(wait), words}));
}

void Supervisor::probe()
{
    for (auto& program : programs_)
        if (program.child && !program.is_ready && answers(program)) on_ready(program);
}

bool Supervisor::hub_answers()
{
    if (!connection_) {
        try {
            connection_.emplace(session_, probe_patience);
        } catch (const process::Failure&) {
            return false;
        }
    }
    return connection_->client().connect(milliseconds(0)) == zeromq::Link::up;
}

bool Supervisor::answers(const Managed& program)
{
    if (program.plan.name == "hub") return hub_answers();
    if (!connection_) return false;
    // The first instance is ready with its service; a further one, when it has its share.
    if (program.number > 0) {
        const auto hub = ask_hub(*connection_, probe_patience);
        const auto instance = instance_of(program.plan.name, program.number);
        return hub && std::any_of(hub->holders.begin(), hub->holders.end(),
                                  [&](const auto& held) { return held.second == instance; });
    }
    codec::Parser parser;
    for (std::int64_t partition = 0; partition < program.plan.partitions; ++partition) {
        const auto bytes = connection_->client().call(
            connection_->to_partition(program.plan.name, "_status", partition), probe_patience);
        if (!bytes) return false;
        const auto reply = messaging::decode_reply(parser, *bytes);
        if (!reply || reply->outcome != messaging::Outcome::accepted) return false;
    }
    return true;
}

void Supervisor::on_ready(Managed& program)
{
    const auto name = program.unit();
    const auto& ready = program.was_ready ? text::ready_again : text::ready;
    constexpr std::size_t name_width = 14;
    const std::string blanks(std::max<std::size_t>(1, name_width - std::min(name_width, name.size())), ' ');
    tell(name + blanks +
         session_.say(ready, {std::to_string(program.child->pid()), program.plan.http, log_file(plan_.folder, name)}));
    program.is_ready = true;
    program.was_ready = true;
}

void Supervisor::on_all_ready()
{
    was_all_ready_ = true;
    tell(session_.say(text::district_ready, {plan_.district, plan_.connect.request, plan_.connect.publish,
                                             plan_.connect.subscribe, plan_.folder}));
    if (settings_.once_ready.empty()) {
        if (settings_.once) exit_code_ = 0;
        return;
    }
    ChildSettings command;
    command.program = "/bin/sh";
    command.arguments = {"-c", settings_.once_ready};
    command.extra_environment = {"GONGHUI_DISTRICT_FOLDER=" + plan_.folder};
    command.language = session_.language;
    command.is_background = false;
    command_.emplace(command);
}

void Supervisor::follow_command()
{
    if (!command_) return;
    const auto ended = command_->ended();
    if (!ended) return;
    command_.reset();
    if (settings_.once)
        exit_code_ = ended->code;
    else
        tell(session_.say(text::command_ended, {std::to_string(ended->code)}));
}

void Supervisor::pass_on_reload()
{
    if (!reload_.exchange(false)) return;
    for (const auto& program : programs_)
        if (program.child) program.child->signal(SIGHUP);
}

// What asks first, then the services, which still need the hub to say their last answers, then the hub.
void Supervisor::stop_all()
{
    if (command_) command_->signal(SIGTERM);
    tell(session_.say(text::stopping));
    std::vector<Managed*> services;
    for (auto& program : programs_)
        if (&program != &programs_.front()) services.push_back(&program);
    stop(services);
    stop({&programs_.front()});
    tell(session_.say(text::stopped));
}

void Supervisor::stop(const std::vector<Managed*>& programs)
{
    const auto is_running = [](Managed* program) {
        return program->child && !program->child->ended();
    };
    for (const auto* program : programs)
        if (program->child) program->child->signal(SIGTERM);
    const auto give_up = clock_.now() + stop_patience;
    while (std::any_of(programs.begin(), programs.end(), is_running) && clock_.now() < give_up)
        std::this_thread::sleep_for(milliseconds(10));
    for (auto* program : programs) {
        if (!program->child) continue;
        if (is_running(program)) {
            tell(session_.say(text::killed, {program->unit()}));
            program->child->signal(SIGKILL);
            while (is_running(program)) std::this_thread::sleep_for(milliseconds(10));
        }
        std::error_code ignored;
        std::filesystem::remove(pid_file(plan_.folder, program->unit()), ignored);
    }
}

}  // namespace gonghui::ctl
