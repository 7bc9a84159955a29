#pragma once
// Argon2id takes 19 MiB and some 25 ms: on a thread of its own, one after the other, so that neither logging in nor
// trying to can slow anybody else down.

#include "common/sealing/sealed.hpp"

#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace gonghui::gateway {

// What was asked for is told on the thread of `io`, which outlives it.
class PasswordThread {
public:
    explicit PasswordThread(boost::asio::io_context& io);

    // `hash` empty: there is no such password; it takes as long, and is wrong. False: too many wait already.
    bool check(std::string hash, Personal password, std::function<void(bool is_right)> done);
    // False as above.
    bool hash(Personal password, std::function<void(std::string hash)> done);
    [[nodiscard]] std::size_t waiting();

private:
    using Job = std::function<void()>;

    bool add(Job job);
    void run(const std::stop_token& stop);

    boost::asio::io_context& io_;
    std::string nobodys_;  // hash
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Job> jobs_;
    std::jthread thread_;  // last
};

}  // namespace gonghui::gateway
