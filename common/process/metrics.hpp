#pragma once
// The figures of one process, in the Prometheus text format. Counters, gauges and histograms are cheap handles into
// their Metrics, which outlives them; asking twice for the same name and labels gives the same figure. Thread-safe.
//
// What another part counts already (a host's counters) is not counted twice: a hook copies it when somebody looks.
//
//     auto hook = metrics.collect([&] { accepted.advance_to(host.counters().accepted); });

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace gonghui::process {

using Labels = std::map<std::string, std::string>;

class Counter {
public:
    void add(std::int64_t amount = 1);
    // Raises it to a total that was counted elsewhere; a lower total leaves it as it is. For collect hooks.
    void advance_to(std::int64_t total);
    [[nodiscard]] double value() const;

private:
    friend class Metrics;
    explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
    prometheus::Counter* counter_;
};

class Gauge {
public:
    void set(double value);
    [[nodiscard]] double value() const;

private:
    friend class Metrics;
    explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
    prometheus::Gauge* gauge_;
};

class Histogram {
public:
    void observe(double value);

private:
    friend class Metrics;
    explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
    prometheus::Histogram* histogram_;
};

class Metrics {
public:
    // Keeps a hook in force. When its destructor returns, the hook is not running and never runs again.
    class Hook {
    public:
        Hook(Hook&& other) noexcept;
        Hook& operator=(Hook&&) = delete;
        ~Hook();

    private:
        friend class Metrics;
        Hook(Metrics& metrics, std::uint64_t number) : metrics_(&metrics), number_(number) {}
        Metrics* metrics_;
        std::uint64_t number_;
    };

    // Holds the process's own figures from the start: resident memory, processor time, open descriptors, start time.
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // Names as Prometheus wants them ("gonghui_accepted_total"); another form is std::invalid_argument.
    Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
    Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {});
    // `buckets`: upper bounds, ascending.
    Histogram histogram(const std::string& name, const std::string& help, const std::vector<double>& buckets,
                        const Labels& labels = {});

    // `hook` runs on the scraping thread before every `text`, never two at once; it must touch only what is
    // thread-safe.
    [[nodiscard]] Hook collect(std::function<void()> hook);

    // Ends every figure with this label: what it was about is not this process's any more. Nobody may use a handle to
    // one of them afterwards; asked for again it begins anew.
    void forget(const std::string& label, const std::string& value);

    [[nodiscard]] std::string text();

private:
    template <class Family>
    auto& add(Family& family, const std::string& name, const Labels& labels, const auto&... more);

    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gonghui::process
