#pragma once
// The threads of the partitions that this instance holds: its fair share of them, as instances come and go.
//
// What is free is taken, what is beyond the share is let go, one partition at a time: it drains, its lock is free, and
// whoever holds too few takes it. Nobody has to agree on who gets which; the locks of the stores decide.

#include "common/runtime/instances.hpp"
#include "common/runtime/partition.hpp"
#include "common/runtime/serve.hpp"
#include "common/zeromq/context.hpp"

#include <atomic>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace gonghui::runtime {

class Crew {
public:
    using SettingsOf = std::function<PartitionSettings(int partition)>;

    // Throws process::Failure when an instance of this name lives already. `settings_of` is asked for what is opened.
    Crew(const ServiceProgram& program, process::Setup& setup, std::string instance, SettingsOf settings_of);

    // Until the process is to stop; then every partition drains. The first failure of one ends them all and is thrown;
    // but of several partitions one whose log is damaged is given up, and the others are served.
    void run();

private:
    using Time = Instances::Time;

    struct Post {
        std::stop_source let_go;
        std::atomic<bool> is_over = false;
        std::jthread thread;
    };

    void balance(Time now);
    [[nodiscard]] bool has_given_up(int partition, Time now);
    [[nodiscard]] std::optional<StoreLock> lock_of(const std::filesystem::path& store, Time now);
    void take_free(int wanted, Time now);
    void work(int number, Post& post, StoreLock lock);
    void on_damage(int number, const std::string& what);
    void fail(std::exception_ptr failure);
    [[nodiscard]] int held() const;

    const ServiceProgram& program_;
    process::Setup& setup_;
    SettingsOf settings_of_;
    int partitions_;
    std::filesystem::path stores_;
    Instances instances_;
    Time last_company_;     // when another instance was seen last
    Time in_want_since_{};  // it holds fewer than its share; else the moment of the last look
    zeromq::Context context_;
    std::mutex mutex_;
    std::exception_ptr failure_;
    std::map<int, Time> given_up_;  // partition -> when
    std::map<int, Post> posts_;
};

}  // namespace gonghui::runtime
