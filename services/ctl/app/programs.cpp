#include "services/ctl/app/programs.hpp"

#include "common/process/config.hpp"
#include "services/ctl/app/child.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/domain/texts.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

namespace gonghui::ctl {

namespace {

using process::Exit;

// What is asked about needs no keys, and must not leave any trace in the district's folder.
class ScratchFolder {
public:
    explicit ScratchFolder(const Session& session)
        : path_((std::filesystem::temp_directory_path() / "gonghui-XXXXXX").native())
    {
        if (mkdtemp(path_.data()) == nullptr)
            throw session.failure(Exit::cannot_create, text::cannot_write,
                                  {path_, std::generic_category().message(errno)});
    }
    ~ScratchFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + '/' + name; }

private:
    std::string path_;
};

// One program that looks at its configuration.
struct Question {
    const ProgramPlan& program;
    std::string config;
    std::string file;
    std::string answer;
    Child child;
};

Question ask(const Session& session, const ScratchFolder& folder, const ProgramPlan& program, std::string config)
{
    const auto file = folder.file(program.name + ".toml");
    const auto answer = folder.file(program.name + ".answer");
    write_file(session, file, config, Privacy::secret);
    ChildSettings settings;
    settings.program = program_file(session, program);
    settings.arguments = {"--config", file, "--check-config"};
    settings.log = answer;
    settings.language = session.language;
    return {program, std::move(config), file, answer, Child(settings)};
}

// "<file>:<line>: what" in terms of the district's file; what has no place of that kind stays as it is.
std::string in_terms_of(const DistrictText& text, const Question& question, std::string_view said)
{
    if (!said.starts_with(question.file + ':')) return std::string(said);
    auto rest = said.substr(question.file.size() + 1);
    std::int64_t line = 0;
    const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), line);
    rest.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest.data()));
    const auto place = place_of_line(question.program, question.config, line, text.toml);
    return place.value_or(question.program.name + ".toml:" + std::to_string(line)) + std::string(rest);
}

std::vector<std::string> problems_of(const Session& session, Question& question, const DistrictText& text)
{
    std::vector<std::string> problems;
    const auto ended = question.child.wait();
    if (ended.code == 0) return problems;
    const auto answer = read_file(session, question.answer);
    const auto speaker = "gonghui-" + question.program.name + ": ";
    for (std::string_view rest = answer; !rest.empty();) {
        auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.starts_with(speaker)) line.remove_prefix(speaker.size());
        problems.push_back(in_terms_of(text, question, line));
    }
    if (problems.empty())
        problems.push_back(question.program.name + ": " + session.say(text::by_code, {std::to_string(ended.code)}));
    return problems;
}

}  // namespace

std::string sdk_folder(const Session& session)
{
    const auto bin = std::filesystem::path(session.executable).parent_path();
    const auto place = bin.parent_path() / "share" / "gonghui" / "sdk";
    std::error_code none;
    auto sdk = std::filesystem::canonical(place, none);
    if (none) throw session.failure(Exit::io, text::no_sdk, {place.native()});
    return sdk.native();
}

std::string program_file(const Session& session, const ProgramPlan& plan)
{
    auto file = plan.program;
    if (file.empty()) file = std::filesystem::path(session.executable).parent_path() / ("gonghui-" + plan.name);
    if (access(file.c_str(), X_OK) != 0)
        throw session.failure(Exit::config, text::cannot_execute, {file, std::generic_category().message(errno)});
    return file;
}

std::optional<std::string> version_of(const Session& session, const ProgramPlan& plan)
{
    const ScratchFolder folder(session);
    ChildSettings settings;
    settings.arguments = {"--version"};
    settings.log = folder.file("version");
    try {
        settings.program = program_file(session, plan);
        if (Child(settings).wait().code != 0) return std::nullopt;
    } catch (const process::Failure&) {
        return std::nullopt;  // it is elsewhere, in a container perhaps
    }
    auto said = read_file(session, settings.log);
    said.erase(0, said.find(' ') + 1);
    said.resize(std::min(said.size(), said.find('\n')));
    return said;
}

std::optional<pid_t> running(const std::string& folder, std::string_view unit, std::string_view name)
{
    pid_t pid = 0;
    if (!(std::ifstream(pid_file(folder, unit)) >> pid) || pid <= 0) return std::nullopt;
    std::string found;
    std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/comm"), found);
    if (found != name) return std::nullopt;
    return pid;
}

void write_service_config(const Session& session, const DistrictPlan& plan, const ProgramPlan& service,
                          std::int64_t number)
{
    write_file(session, config_file(plan.folder, unit_of(service.name, number)), service_config(plan, service, number),
               Privacy::open);
}

void require_sound_settings(const Session& session, const DistrictPlan& plan, const DistrictText& text)
{
    auto asked = plan;
    asked.hub_public_key = std::string(40, '0');  // of the right form; the real one may not be made yet
    const ScratchFolder folder(session);
    std::vector<Question> questions;
    questions.push_back(ask(session, folder, asked.hub, hub_config(asked)));
    for (const auto& service : asked.services)
        if (is_of_the_house(service.name))
            questions.push_back(ask(session, folder, service, service_config(asked, service)));
    std::vector<std::string> problems;
    for (auto& question : questions)
        for (auto& problem : problems_of(session, question, text)) problems.push_back(std::move(problem));
    if (!problems.empty()) throw process::ConfigError(std::move(problems));
}

}  // namespace gonghui::ctl
