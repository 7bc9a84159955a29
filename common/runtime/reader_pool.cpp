#include "common/runtime/reader_pool.hpp"

#include <utility>

namespace gonghui::runtime {

namespace {

// More than this and the caller is better served by coming back.
constexpr std::size_t most_waiting = 1024;
constexpr std::int64_t reader_cache_kib = 2048;

}  // namespace

ReaderPool::ReaderPool(const std::filesystem::path& store, int threads, std::function<void()> on_completed)
    : on_completed_(std::move(on_completed))
{
    for (int i = 0; i < threads; ++i)
        threads_.emplace_back([this, store](const std::stop_token& stop) { work(stop, store); });
}

ReaderPool::~ReaderPool() = default;

bool ReaderPool::submit(messaging::Work work)
{
    {
        const std::scoped_lock lock(mutex_);
        if (waiting_.size() >= most_waiting) return false;
        waiting_.push_back(std::move(work));
    }
    arrived_.notify_one();
    return true;
}

void ReaderPool::take_completed(std::vector<messaging::Completion>& out)
{
    const std::scoped_lock lock(mutex_);
    if (out.empty())
        out.swap(completed_);
    else
        for (auto& completion : std::exchange(completed_, {})) out.push_back(std::move(completion));
}

void ReaderPool::work(const std::stop_token& stop, const std::filesystem::path& store)
{
    sqlite::Database reader(store, {.access = sqlite::Access::read_only, .cache_kib = reader_cache_kib});
    while (true) {
        std::unique_lock lock(mutex_);
        if (!arrived_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        auto completion = next(reader);
        lock.lock();
        completed_.push_back(std::move(completion));
        lock.unlock();
        on_completed_();
    }
}

}  // namespace gonghui::runtime
