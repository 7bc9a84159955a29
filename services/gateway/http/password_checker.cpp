#include "services/gateway/http/password_checker.hpp"

#include <sodium.h>

#include <array>

namespace gonghui::gateway {

namespace {

constexpr std::size_t most_jobs = 64;

std::string hash_of_nothing()
{
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    // OWASP's least for Argon2id: 19 MiB, two passes; `gonghui accounts` takes the same.
    if (crypto_pwhash_str_alg(hash.data(), "", 0, 2, 19U << 20U, crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw std::bad_alloc();
    return hash.data();
}

}  // namespace

PasswordChecker::PasswordChecker()
    : nobodys_(hash_of_nothing()), thread_([this](const std::stop_token& stop) { run(stop); })
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

void PasswordChecker::run(const std::stop_token& stop)
{
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !jobs_.empty(); })) {
        const auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        const auto& password = job.password.reveal();
        const auto& hash = job.hash.empty() ? nobodys_ : job.hash;
        const bool fits = crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
        job.done(fits && !job.hash.empty());
        lock.lock();
    }
}

}  // namespace gonghui::gateway
