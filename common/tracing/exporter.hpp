#pragma once
// Sends spans to an OpenTelemetry collector (OTLP/HTTP, JSON), from a thread of its own. What it cannot send or keep it
// drops and counts: nobody ever waits for a trace.

#include "common/tracing/otlp.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace gonghui::tracing {

struct ExporterSettings {
    std::string endpoint = {};  // "http://127.0.0.1:4318/v1/traces"
    Resource resource = {};
    std::size_t most_waiting = 8192;  // spans; some 3 MiB
    std::chrono::milliseconds gathering{500};
    std::chrono::milliseconds patience{1000};  // with a collector that does not answer: a restart may wait for it
};

struct ExporterCounters {
    std::int64_t sent = 0;
    std::int64_t dropped = 0;  // too many waited
    std::int64_t failed = 0;   // the collector did not take them
};

class Exporter final : public SpanSink {
public:
    // `complain` is told once when sending fails and again only after it has worked; on the exporter's thread.
    explicit Exporter(ExporterSettings settings, std::function<void(const std::string& why)> complain = {});
    // What waits is tried once more.
    ~Exporter() override;

    void add(Span span) override;
    [[nodiscard]] ExporterCounters counters() const;  // thread-safe

private:
    void work(const std::stop_token& stop);
    void send(const std::vector<Span>& spans);

    ExporterSettings settings_;
    std::function<void(const std::string& why)> complain_;
    bool is_failing_ = false;  // the thread's own
    mutable std::mutex mutex_;
    std::condition_variable_any woken_;
    std::vector<Span> waiting_;
    ExporterCounters counters_;
    std::jthread thread_;
};

}  // namespace gonghui::tracing
