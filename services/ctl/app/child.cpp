#include "services/ctl/app/child.hpp"

#include "common/process/exit_codes.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>

namespace gonghui::ctl {

namespace {

// The services of one district share an environment: what speaks of this program's own keys would change theirs.
// How much they log is theirs too.
bool is_passed_on(std::string_view variable)
{
    return !variable.starts_with("GONGHUI_") || variable.starts_with("GONGHUI_LOG_");
}

std::vector<std::string> environment_of(const ChildSettings& settings)
{
    std::vector<std::string> variables;
    for (char** variable = environ; *variable != nullptr; ++variable)
        if (is_passed_on(*variable)) variables.emplace_back(*variable);
    variables.push_back("GONGHUI_LANG=" + std::string(to_string(settings.language)));
    variables.insert(variables.end(), settings.extra_environment.begin(), settings.extra_environment.end());
    return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

// The last quarter of those that there are, one at least: most kernels let nobody in while somebody's system call runs,
// and megabytes in one hold whoever wakes up on that processor up, SCHED_IDLE or not.
void keep_to_the_last_processors()
{
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    auto most = std::max(1, CPU_COUNT(&allowed) / 4);
    cpu_set_t last;
    CPU_ZERO(&last);
    for (std::size_t i = CPU_SETSIZE; i-- > 0 && most > 0;) {
        if (!CPU_ISSET(i, &allowed)) continue;
        CPU_SET(i, &last);
        --most;
    }
    sched_setaffinity(0, sizeof last, &last);
}

// Between fork and exec: nothing here may allocate or lock.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment, int log,
                         bool is_background, bool takes_leftovers, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    if (is_background) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) _exit(128 + SIGTERM);  // it died before we asked
        const int nothing = open("/dev/null", O_RDONLY);
        if (nothing >= 0) dup2(nothing, STDIN_FILENO);
    }
    if (takes_leftovers) {
        // Not a nice value: with that it would be let finish its slice, 3 ms or more, when somebody wakes up.
        const sched_param plain{};
        sched_setscheduler(0, SCHED_IDLE, &plain);
        keep_to_the_last_processors();
    }
    if (log >= 0) {
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
    }
    execve(program, arguments, environment);
    constexpr int cannot_execute = 126;
    _exit(cannot_execute);
}

}  // namespace

Child::Child(const ChildSettings& settings)
{
    using process::Exit;
    using process::Failure;
    const auto reason = [] {
        return std::generic_category().message(errno);
    };
    int log = -1;
    if (!settings.log.empty()) {
        log = open(settings.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
        if (log < 0) throw Failure(Exit::cannot_create, settings.log + ": cannot be written: " + reason());
    }
    auto arguments = settings.arguments;
    arguments.insert(arguments.begin(), settings.program);
    auto environment = environment_of(settings);
    const auto argument_pointers = pointers_to(arguments);
    const auto environment_pointers = pointers_to(environment);
    const auto parent = getpid();
    pid_ = fork();
    if (pid_ == 0)
        become(settings.program.c_str(), argument_pointers.data(), environment_pointers.data(), log,
               settings.is_background, settings.takes_leftovers, parent);
    const auto why = reason();
    if (log >= 0) close(log);
    if (pid_ < 0) throw Failure(Exit::os, settings.program + ": cannot be started: " + why);
}

std::optional<Ended> Child::ended()
{
    return look(WNOHANG);
}

Ended Child::wait()
{
    while (true)
        if (const auto how = look(0)) return *how;
}

std::optional<Ended> Child::look(int options)
{
    if (ended_) return ended_;
    int status = 0;
    if (waitpid(pid_, &status, options) != pid_) return std::nullopt;
    if (WIFSIGNALED(status))
        ended_ = Ended{128 + WTERMSIG(status), WTERMSIG(status)};
    else
        ended_ = Ended{WEXITSTATUS(status), 0};
    return ended_;
}

void Child::signal(int number) const
{
    if (!ended_) kill(pid_, number);
}

}  // namespace gonghui::ctl
