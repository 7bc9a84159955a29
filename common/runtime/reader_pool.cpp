#include "common/runtime/reader_pool.hpp"

#include <utility>

namespace gonghui::runtime {

namespace {

// More than this and the caller is better served by coming back.
constexpr std::size_t most_waiting = 1024;
constexpr std::int64_t reader_cache_kib = 2048;

}  // namespace

ReaderPool::ReaderPool(const std::filesystem::path& store, int threads, std::function<void()> on_answered)
    : on_answered_(std::move(on_answered))
{
    for (int i = 0; i < threads; ++i)
        threads_.emplace_back([this, store](const std::stop_token& stop) { work(stop, store); });
}

ReaderPool::~ReaderPool() = default;

bool ReaderPool::submit(messaging::ReplyToken token, messaging::Reading reading)
{
    {
        const std::scoped_lock lock(mutex_);
        if (tasks_.size() >= most_waiting) return false;
        tasks_.push_back({token, std::move(reading)});
    }
    arrived_.notify_one();
    return true;
}

void ReaderPool::take_answered(std::vector<messaging::Answered>& out)
{
    const std::scoped_lock lock(mutex_);
    if (out.empty())
        out.swap(answered_);
    else
        for (auto& answer : std::exchange(answered_, {})) out.push_back(std::move(answer));
}

void ReaderPool::work(const std::stop_token& stop, const std::filesystem::path& store)
{
    sqlite::Database reader(store, {.access = sqlite::Access::read_only, .cache_kib = reader_cache_kib});
    while (true) {
        std::unique_lock lock(mutex_);
        if (!arrived_.wait(lock, stop, [this] { return !tasks_.empty(); })) return;
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        auto reply = task.reading(reader);
        lock.lock();
        answered_.push_back({task.token, std::move(reply)});
        lock.unlock();
        on_answered_();
    }
}

}  // namespace gonghui::runtime
