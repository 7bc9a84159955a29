#include "tests/bench/load.hpp"

#include "tests/bench/payload.hpp"

#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <thread>

namespace gonghui::bench {

namespace {

double percentile(std::vector<float>& sorted, double share)
{
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

// What this process has used of the processors so far, which the servers did not have.
double cpu_seconds()
{
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

void add_options(CLI::App& app, Shape& shape)
{
    app.add_option("--connections", shape.connections);
    app.add_option("--window", shape.window);
    app.add_option("--warm-up", shape.warm_up)->take_last();
    app.add_option("--seconds", shape.seconds)->take_last();
    app.add_option("--rate", shape.rate);
}

void Meter::end()
{
    const std::scoped_lock lock(mutex_);
    over_ = true;
    ended_.notify_all();
}

void Meter::fail(const char* what)
{
    std::fprintf(stderr, "%s\n", what);
    {
        const std::scoped_lock lock(mutex_);
        failed_ = true;
    }
    end();
}

void Meter::wait(double seconds)
{
    std::unique_lock lock(mutex_);
    ended_.wait_for(lock, std::chrono::duration<double>(seconds), [this] { return over_.load(); });
}

void Meter::take_latencies(const std::vector<float>& milliseconds)
{
    const std::scoped_lock lock(mutex_);
    latencies_.insert(latencies_.end(), milliseconds.begin(), milliseconds.end());
}

int Meter::report(std::int64_t acknowledged, double seconds, double cpu)
{
    if (failed_ || acknowledged == 0) return 1;
    nlohmann::json figures{{"per_second", static_cast<double>(acknowledged) / seconds},
                           {"load_cpu_us", 1e6 * cpu / static_cast<double>(acknowledged)},
                           {"seconds", seconds},
                           {"in_all", acknowledged_.load()},
                           {"begin_us", begun_}};
    if (!latencies_.empty()) {
        std::sort(latencies_.begin(), latencies_.end());
        figures["p50_ms"] = percentile(latencies_, 0.5);
        figures["p99_ms"] = percentile(latencies_, 0.99);
        figures["p999_ms"] = percentile(latencies_, 0.999);
    }
    std::cout << figures.dump() << std::endl;
    return 0;
}

int measure(const Shape& shape, const std::function<void(int number, Meter&)>& connection)
{
    Meter meter;
    meter.begun_ = moment();
    std::vector<std::jthread> threads;
    for (int i = 0; i < shape.connections; ++i)
        threads.emplace_back([&, i] {
            try {
                connection(i, meter);
            } catch (const std::exception& error) {
                meter.fail(error.what());
            }
        });
    meter.wait(shape.warm_up);
    const auto begin = steady_clock::now();
    const auto before = meter.acknowledged_.load();
    const auto cpu_before = cpu_seconds();
    meter.wait(shape.seconds);
    const std::chrono::duration<double> took = steady_clock::now() - begin;
    const auto cpu = cpu_seconds() - cpu_before;
    const auto acknowledged = meter.acknowledged_.load() - before;
    meter.end();
    threads.clear();
    return meter.report(acknowledged, took.count(), cpu);
}

}  // namespace gonghui::bench
