#pragma once
// Argon2id takes 19 MiB and some 25 ms: on a thread of its own, one after the other, so that neither logging in nor
// trying to can slow anybody else down.

#include "common/sealing/sealed.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace gonghui::gateway {

class PasswordChecker {
public:
    // On the checker's thread.
    using Done = std::function<void(bool is_right)>;

    PasswordChecker();

    // `hash` empty: there is no such account; it takes as long, and is wrong. False: too many wait already.
    bool check(std::string hash, Personal password, Done done);
    [[nodiscard]] std::size_t waiting();

private:
    struct Job {
        std::string hash;
        Personal password;
        Done done;
    };

    void run(const std::stop_token& stop);

    std::string nobodys_;  // hash
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Job> jobs_;
    std::jthread thread_;  // last
};

}  // namespace gonghui::gateway
