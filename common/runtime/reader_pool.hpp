#pragma once
// Threads that work for the host, each with a read-only connection of its own.

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
    // The store must exist. `on_completed` is called from a reader's thread whenever completions are ready to be taken.
    ReaderPool(const std::filesystem::path& store, int threads, std::function<void()> on_completed);
    ~ReaderPool() override;
    ReaderPool(const ReaderPool&) = delete;
    ReaderPool& operator=(const ReaderPool&) = delete;

    bool submit(messaging::Work work) override;
    void take_completed(std::vector<messaging::Completion>& out) override;

private:
    void work(const std::stop_token& stop, const std::filesystem::path& store);

    std::function<void()> on_completed_;
    std::mutex mutex_;
    std::condition_variable_any arrived_;
    std::deque<messaging::Work> waiting_;
    std::vector<messaging::Completion> completed_;
    std::vector<std::jthread> threads_;  // last: they end before what they use
};

}  // namespace gonghui::runtime
