#include "common/runtime/crew.hpp"

#include "common/messaging/event_log.hpp"
#include "common/process/exit_codes.hpp"
#include "common/process/log.hpp"
#include "common/runtime/partition_report.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>

namespace gonghui::runtime {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds between_looks{100};
// Somebody may be letting go just now, and nobody serves what is between two; whoever has not by then has other
// reasons.
constexpr milliseconds between_looks_in_want{5};
constexpr std::chrono::seconds longest_haste{5};
// An instance that has left drains for as long, and holds its stores meanwhile.
constexpr std::chrono::seconds longest_parting{10};
// Others may be starting in the same moment.
constexpr std::chrono::seconds longest_start{2};
// Then a damaged store is looked at again: it may have been restored.
constexpr std::chrono::seconds damaged_for{60};

}  // namespace

Crew::Crew(const ServiceProgram& program, process::Setup& setup, std::string instance, SettingsOf settings_of)
    : program_(program),
      setup_(setup),
      settings_of_(std::move(settings_of)),
      partitions_(static_cast<int>(setup.config.integer("partitions"))),
      stores_(setup.config.text("store.folder")),
      instances_(stores_, program.name, std::move(instance)),
      last_company_(steady_clock::now() - longest_parting + longest_start)
{
}

void Crew::run()
{
    std::mutex mutex;
    std::condition_variable_any woken;
    process::Watchdog::Loop loop(setup_.watchdog);
    while (!setup_.stop.stop_requested()) {
        loop.turn();
        const auto now = steady_clock::now();
        try {
            balance(now);
        } catch (...) {
            fail(std::current_exception());
        }
        const bool is_hasty = in_want_since_ < now && now - in_want_since_ < longest_haste;
        std::unique_lock lock(mutex);
        woken.wait_for(lock, setup_.stop, is_hasty ? between_looks_in_want : between_looks, [] { return false; });
    }
    instances_.leave();
    for (auto& [number, post] : posts_) post.let_go.request_stop();
    posts_.clear();  // joins
    if (failure_) std::rethrow_exception(failure_);
}

int Crew::held() const
{
    return static_cast<int>(std::count_if(posts_.begin(), posts_.end(),
                                          [](const auto& post) { return !post.second.let_go.stop_requested(); }));
}

void Crew::balance(Time now)
{
    std::erase_if(posts_, [](const auto& post) { return post.second.is_over.load(); });
    const auto standing = instances_.look(now);
    if (standing.living > 1) last_company_ = now;
    const auto share = fair_share(partitions_, standing.living, standing.place);
    const auto surplus = held() - share;
    if (surplus > 0 && std::cmp_equal(held(), posts_.size())) posts_.rbegin()->second.let_go.request_stop();
    if (surplus < 0) take_free(-surplus, now);
    if (held() >= share) in_want_since_ = now;
}

bool Crew::has_given_up(int partition, Time now)
{
    const std::scoped_lock lock(mutex_);
    const auto found = given_up_.find(partition);
    return found != given_up_.end() && now - found->second < damaged_for;
}

// Whoever is alone and serves nothing has come upon something that will not let go, and has to say so.
std::optional<StoreLock> Crew::lock_of(const std::filesystem::path& store, Time now)
{
    const bool is_alone = now - last_company_ > longest_parting;
    if (is_alone && posts_.empty()) return StoreLock(store);
    auto lock = StoreLock::try_take(store);
    const auto part = "store " + store.filename().string();
    if (lock)
        setup_.readiness.ready(part);
    else if (is_alone)
        setup_.readiness.not_ready(part, "it is in use by another process; stop that one");
    return lock;
}

void Crew::take_free(int wanted, Time now)
{
    for (int number = 0; number < partitions_ && wanted > 0; ++number) {
        if (posts_.contains(number) || has_given_up(number, now)) continue;
        auto lock = lock_of(files_of(stores_, program_.name, number).store(), now);
        if (!lock) continue;
        auto& post = posts_[number];
        post.thread = std::jthread(
            [this, number, &post, its = std::move(*lock)]() mutable { work(number, post, std::move(its)); });
        --wanted;
    }
}

void Crew::work(int number, Post& post, StoreLock lock)
{
    try {
        Partition partition(settings_of_(number), program_, setup_, context_, std::move(lock));
        const PartitionReport report(setup_, partition, number);
        setup_.readiness.ready("partition_" + std::to_string(number));
        setup_.readiness.ready("process");
        setup_.watchdog.ready();
        process::Watchdog::Loop loop(setup_.watchdog);
        partition.drive(post.let_go.get_token(), loop);
    } catch (const messaging::BrokenChain& broken) {
        on_damage(number, broken.what());
    } catch (const sqlite::Error& error) {
        error.is_corruption() ? on_damage(number, error.what()) : fail(std::current_exception());
    } catch (...) {
        fail(std::current_exception());
    }
    post.is_over = true;
}

// Another instance would come upon the same.
void Crew::on_damage(int number, const std::string& what)
{
    if (partitions_ == 1) return fail(std::make_exception_ptr(process::Failure(process::Exit::data, what)));
    process::log::error("partition_given_up", {{"partition", number}, {"error", what}});
    setup_.readiness.not_ready("partition_" + std::to_string(number), "its log is damaged");
    const std::scoped_lock lock(mutex_);
    given_up_.insert_or_assign(number, steady_clock::now());
}

void Crew::fail(std::exception_ptr failure)
{
    const std::scoped_lock lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
    setup_.request_stop();
}

}  // namespace gonghui::runtime
