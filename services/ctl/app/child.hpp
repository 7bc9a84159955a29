#pragma once
// A program that this one has started.

#include "common/text/language.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace gonghui::ctl {

// How a process ended, as a shell counts it: its code, or 128 and the signal.
struct Ended {
    int code = 0;
    int signal = 0;  // 0: it ended by itself
};

struct ChildSettings {
    std::string program;                         // path
    std::vector<std::string> arguments;          // without the program
    std::string log;                             // stdout and stderr are appended to it; empty: they are ours
    std::vector<std::string> extra_environment;  // "NAME=value"
    Language language = Language::en;            // in which it is to speak, as GONGHUI_LANG
    bool takes_leftovers = false;  // of the last quarter of the processors: what nobody else wants just now
    bool is_background = true;     // in a process group of its own: a Ctrl-C in the terminal is ours to pass on
};

// Asks the kernel to end it when this process dies. Start it from a thread that lives as long as the process.
class Child {
public:
    // Throws process::Failure when it cannot be started.
    explicit Child(const ChildSettings& settings);

    [[nodiscard]] pid_t pid() const { return pid_; }
    // How it ended; nullopt while it runs.
    std::optional<Ended> ended();
    // Waits until it ends.
    Ended wait();
    void signal(int number) const;

private:
    std::optional<Ended> look(int options);

    pid_t pid_ = 0;
    std::optional<Ended> ended_;
};

}  // namespace gonghui::ctl
