#include "services/gateway/http/password_checker.hpp"

#include "common/sealing/credentials.hpp"

namespace gonghui::gateway {

namespace {

constexpr std::size_t most_jobs = 64;

}  // namespace

PasswordChecker::PasswordChecker()
    : nobodys_(sealing::hash_of_password("")), thread_([this](const std::stop_token& stop) { run(stop); })
{
}

bool PasswordChecker::check(std::string hash, Personal password, Done done)
{
    {
        const std::scoped_lock lock(mutex_);
        if (jobs_.size() >= most_jobs) return false;
        jobs_.push_back({std::move(hash), std::move(password), std::move(done)});
    }
    changed_.notify_one();
    return true;
}

std::size_t PasswordChecker::waiting()
{
    const std::scoped_lock lock(mutex_);
    return jobs_.size();
}

void PasswordChecker::run(const std::stop_token& stop)
{
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !jobs_.empty(); })) {
        const auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        const auto& password = job.password.reveal();
        const auto& hash = job.hash.empty() ? nobodys_ : job.hash;
        const bool is_right = sealing::fits(hash, password);
        job.done(is_right && !job.hash.empty());
        lock.lock();
    }
}

}  // namespace gonghui::gateway
