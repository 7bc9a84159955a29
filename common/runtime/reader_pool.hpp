#pragma once
// Threads that answer readings, each with a read-only connection of its own.

#include "common/messaging/executor.hpp"

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gonghui::runtime {

class ReaderPool final : public messaging::Executor {
public:
    // The store must exist. `on_answered` is called from a reader's thread whenever answers are ready to be taken.
    ReaderPool(const std::filesystem::path& store, int threads, std::function<void()> on_answered);
    ~ReaderPool() override;
    ReaderPool(const ReaderPool&) = delete;
    ReaderPool& operator=(const ReaderPool&) = delete;

    bool submit(messaging::ReplyToken token, messaging::Reading reading) override;
    void take_answered(std::vector<messaging::Answered>& out) override;

private:
    struct Task {
        messaging::ReplyToken token;
        messaging::Reading reading;
    };
    void work(const std::stop_token& stop, const std::filesystem::path& store);

    std::function<void()> on_answered_;
    std::mutex mutex_;
    std::condition_variable_any arrived_;
    std::deque<Task> tasks_;
    std::vector<messaging::Answered> answered_;
    std::vector<std::jthread> threads_;  // last: they end before what they use
};

}  // namespace gonghui::runtime
