#pragma once
// The instances of a service that share its partitions on one disk: who lives, and how many partitions are whose.
//
// Each locks a file of its own beside the stores, `training.instances/training-1`, and writes there where the kernel
// shows its thread: `4711/task/4711`. The lock goes with the process, however that dies. A process that stands still
// (SIGSTOP) keeps it, and those of its stores, so that nobody could take over: the others see from the kernel's count
// that the thread does not wake any more, and end the process.

#include "common/runtime/file_lock.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gonghui::runtime {

// Of `partitions`, how many the instance at `place` (from 0) of so many living ones is to hold.
int fair_share(int partitions, int living, int place);

// A thread that looks has to wake far more often than that.
inline constexpr std::chrono::seconds stands_still{3};

// Belongs to one thread.
class Instances {
public:
    using Time = std::chrono::steady_clock::time_point;

    // Throws process::Failure when an instance of this name lives already, or the folder cannot be written.
    Instances(const std::filesystem::path& stores, std::string_view service, std::string name);

    struct Standing {
        int living = 1;  // this one included
        int place = 0;   // of this one among them, by name
    };
    // To be called ten times a second or more. Ends (SIGKILL) whoever has stood still for too long, as far as this
    // thread has been awake itself to see it.
    Standing look(Time now);

    // The others count it no more, and take over what it lets go of.
    void leave() { own_.reset(); }

private:
    struct Watched {
        std::string thread;         // as its file says
        std::int64_t wakings = -1;  // as the kernel counts them
        Time since{};               // it has not woken
    };
    void watch(const std::string& name, const std::string& thread, Time now);

    std::filesystem::path folder_;
    std::string name_;
    std::optional<FileLock> own_;
    std::map<std::string, Watched> others_;
    Time last_look_{};
};

}  // namespace gonghui::runtime
