#pragma once
// What every load client of the bench has in common: connections on threads of their own, a warm-up, a measured span,
// one JSON object as its last line.

#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace gonghui::bench {

using std::chrono::steady_clock;

struct Shape {
    int connections = 8;
    int window = 256;  // of each connection: what may be on its way without an answer
    double warm_up = 0.5;
    double seconds = 2.0;
    double rate = 0;  // of all connections, per second; 0: as fast as they are acknowledged
};

void add_options(CLI::App& app, Shape& shape);

// Thread-safe.
class Meter {
public:
    // So many more are acknowledged.
    void add(std::int64_t acknowledged) { acknowledged_.fetch_add(acknowledged, std::memory_order_relaxed); }
    [[nodiscard]] bool is_over() const { return over_.load(std::memory_order_relaxed); }
    // There is no more work: the measured span ends here, if it has not ended.
    void end();
    // Milliseconds from when each was due to be sent to its acknowledgement; once per connection, at its end.
    void take_latencies(const std::vector<float>& milliseconds);

private:
    friend int measure(const Shape&, const std::function<void(int, Meter&)>&);
    void fail(const char* what);
    void wait(double seconds);
    int report(std::int64_t acknowledged, double seconds, double cpu);

    std::atomic<std::int64_t> acknowledged_ = 0;
    std::atomic<bool> over_ = false;
    std::mutex mutex_;
    std::condition_variable ended_;
    std::vector<float> latencies_;
    std::int64_t begun_ = 0;  // as bench::moment
    bool failed_ = false;
};

// Runs `connection` with the numbers from 0 on; each returns soon after the meter is over. The exit code.
int measure(const Shape& shape, const std::function<void(int number, Meter&)>& connection);

// When a connection may send next, of one that keeps a rate.
class Pace {
public:
    explicit Pace(const Shape& shape)
        : interval_(shape.rate > 0 ? shape.connections / shape.rate : 0.0), begin_(steady_clock::now())
    {
    }
    [[nodiscard]] bool is_due() const { return interval_.count() <= 0 || steady_clock::now() >= due(); }
    // Until it is due; at most a tenth of a second.
    [[nodiscard]] std::chrono::microseconds patience() const
    {
        using std::chrono::microseconds;
        constexpr microseconds most{100'000};
        if (interval_.count() <= 0) return most;
        return std::clamp(std::chrono::duration_cast<microseconds>(due() - steady_clock::now()), microseconds(0), most);
    }
    void sent() { ++sent_; }
    // When the next one should be sent, which is before it is if answers are late; without a rate: now.
    [[nodiscard]] steady_clock::time_point due() const
    {
        if (interval_.count() <= 0) return steady_clock::now();
        return begin_ + std::chrono::duration_cast<steady_clock::duration>(interval_ * static_cast<double>(sent_));
    }

private:
    std::chrono::duration<double> interval_;
    steady_clock::time_point begin_;
    std::int64_t sent_ = 0;
};

inline float milliseconds_since(steady_clock::time_point begin)
{
    return std::chrono::duration<float, std::milli>(steady_clock::now() - begin).count();
}

}  // namespace gonghui::bench
