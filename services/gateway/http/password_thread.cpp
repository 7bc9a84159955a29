#include "services/gateway/http/password_thread.hpp"

#include "common/sealing/credentials.hpp"

#include <boost/asio/post.hpp>

namespace gonghui::gateway {

namespace {

constexpr std::size_t most_jobs = 64;

}  // namespace

PasswordThread::PasswordThread(boost::asio::io_context& io)
    : io_(io), nobodys_(sealing::hash_of_password("")), thread_([this](const std::stop_token& stop) { run(stop); })
{
}

bool PasswordThread::check(std::string hash, Personal password, std::function<void(bool is_right)> done)
{
    return add([this, hash = std::move(hash), password = std::move(password), done = std::move(done)] {
        const bool fits = sealing::fits(hash.empty() ? nobodys_ : hash, password.reveal());
        boost::asio::post(io_, [done, is_right = fits && !hash.empty()] { done(is_right); });
    });
}

bool PasswordThread::hash(Personal password, std::function<void(std::string hash)> done)
{
    return add([this, password = std::move(password), done = std::move(done)] {
        boost::asio::post(io_, [done, hash = sealing::hash_of_password(password.reveal())] { done(hash); });
    });
}

std::size_t PasswordThread::waiting()
{
    const std::scoped_lock lock(mutex_);
    return jobs_.size();
}

bool PasswordThread::add(Job job)
{
    {
        const std::scoped_lock lock(mutex_);
        if (jobs_.size() >= most_jobs) return false;
        jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
}

void PasswordThread::run(const std::stop_token& stop)
{
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !jobs_.empty(); })) {
        const auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job();
        lock.lock();
    }
}

}  // namespace gonghui::gateway
