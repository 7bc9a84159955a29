#include "common/process/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <utility>

namespace gonghui::process {

namespace {

double resident_bytes()
{
    std::ifstream statm("/proc/self/statm");
    std::int64_t total_pages = 0;
    std::int64_t resident_pages = 0;
    statm >> total_pages >> resident_pages;
    return static_cast<double>(resident_pages * sysconf(_SC_PAGESIZE));
}

double processor_seconds()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double open_descriptors()
{
    std::error_code none;
    const std::filesystem::directory_iterator descriptors("/proc/self/fd", none);
    return static_cast<double>(std::distance(begin(descriptors), end(descriptors)));
}

}  // namespace

void Counter::add(std::int64_t amount)
{
    counter_->Increment(static_cast<double>(amount));
}

void Counter::advance_to(std::int64_t total)
{
    const double missing = static_cast<double>(total) - counter_->Value();
    if (missing > 0) counter_->Increment(missing);
}

double Counter::value() const
{
    return counter_->Value();
}

void Gauge::set(double value)
{
    gauge_->Set(value);
}

double Gauge::value() const
{
    return gauge_->Value();
}

void Histogram::observe(double value)
{
    histogram_->Observe(value);
}

struct Metrics::State {
    prometheus::Registry registry;
    std::mutex hooks_mutex;  // held while hooks run, so that a destroyed Hook is surely not running
    std::uint64_t next_hook = 1;
    std::map<std::uint64_t, std::function<void()>> hooks;
    std::mutex figures_mutex;
    std::map<std::pair<std::string, Labels>, std::function<void()>> ends;  // of every figure that has labels
};

Metrics::Hook::Hook(Hook&& other) noexcept : metrics_(std::exchange(other.metrics_, nullptr)), number_(other.number_) {}

Metrics::Hook::~Hook()
{
    if (metrics_ == nullptr) return;
    const std::lock_guard lock(metrics_->state_->hooks_mutex);
    metrics_->state_->hooks.erase(number_);
}

Metrics::Metrics() : state_(std::make_unique<State>())
{
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    gauge("process_start_time_seconds", "When the process began, in seconds since 1970 UTC.")
        .set(std::chrono::duration<double>(since_epoch).count());
    auto memory = gauge("process_resident_memory_bytes", "Resident memory in bytes.");
    auto processor = gauge("process_cpu_seconds_total", "User and system processor time spent in seconds.");
    auto descriptors = gauge("process_open_fds", "Open file descriptors.");
    state_->hooks.emplace(0, [memory, processor, descriptors]() mutable {
        memory.set(resident_bytes());
        processor.set(processor_seconds());
        descriptors.set(open_descriptors());
    });
}

Metrics::~Metrics() = default;

template <class Family>
auto& Metrics::add(Family& family, const std::string& name, const Labels& labels, const auto&... more)
{
    const std::lock_guard lock(state_->figures_mutex);
    auto& figure = family.Add(labels, more...);
    if (!labels.empty()) state_->ends.try_emplace({name, labels}, [&family, &figure] { family.Remove(&figure); });
    return figure;
}

void Metrics::forget(const std::string& label, const std::string& value)
{
    const std::lock_guard lock(state_->figures_mutex);
    std::erase_if(state_->ends, [&](const auto& one) {
        const auto& labels = one.first.second;
        const auto found = labels.find(label);
        if (found == labels.end() || found->second != value) return false;
        one.second();
        return true;
    });
}

Counter Metrics::counter(const std::string& name, const std::string& help, const Labels& labels)
{
    return Counter(add(prometheus::BuildCounter().Name(name).Help(help).Register(state_->registry), name, labels));
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels)
{
    return Gauge(add(prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry), name, labels));
}

Histogram Metrics::histogram(const std::string& name, const std::string& help, const std::vector<double>& buckets,
                             const Labels& labels)
{
    return Histogram(
        add(prometheus::BuildHistogram().Name(name).Help(help).Register(state_->registry), name, labels, buckets));
}

Metrics::Hook Metrics::collect(std::function<void()> hook)
{
    const std::lock_guard lock(state_->hooks_mutex);
    const std::uint64_t number = state_->next_hook++;
    state_->hooks.emplace(number, std::move(hook));
    return Hook(*this, number);
}

std::string Metrics::text()
{
    const std::lock_guard lock(state_->hooks_mutex);
    for (const auto& [number, hook] : state_->hooks) hook();
    return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace gonghui::process
