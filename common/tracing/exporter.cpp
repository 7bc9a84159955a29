#include "common/tracing/exporter.hpp"

#include <curl/curl.h>

#include <memory>
#include <stdexcept>
#include <utility>

namespace gonghui::tracing {

namespace {

// A collector takes 4 MiB at once by default.
constexpr std::size_t spans_at_once = 2048;

std::size_t ignore(const char*, std::size_t size, std::size_t count, void*)
{
    return size * count;
}

// Empty: it was taken.
std::string post(const std::string& endpoint, const std::string& body, std::chrono::milliseconds patience)
{
    const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
    const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(
        curl_slist_append(nullptr, "Content-Type: application/json"), curl_slist_free_all);
    if (!curl || !headers) return "out of memory";
    curl_easy_setopt(curl.get(), CURLOPT_URL, endpoint.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");  // never one of the environment
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(patience.count()));
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, ignore);
    if (const auto outcome = curl_easy_perform(curl.get()); outcome != CURLE_OK) return curl_easy_strerror(outcome);
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return status / 100 == 2 ? "" : "HTTP status " + std::to_string(status);
}

}  // namespace

Exporter::Exporter(ExporterSettings settings, std::function<void(const std::string& why)> complain)
    : settings_(std::move(settings)), complain_(std::move(complain))
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl cannot be set up");
    thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

Exporter::~Exporter()
{
    thread_.request_stop();
    thread_.join();
    curl_global_cleanup();
}

void Exporter::add(Span span)
{
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() >= settings_.most_waiting) {
        ++counters_.dropped;
        return;
    }
    waiting_.push_back(std::move(span));
}

ExporterCounters Exporter::counters() const
{
    const std::scoped_lock lock(mutex_);
    return counters_;
}

void Exporter::work(const std::stop_token& stop)
{
    while (true) {
        std::unique_lock lock(mutex_);
        woken_.wait_for(lock, stop, settings_.gathering, [] { return false; });
        auto spans = std::exchange(waiting_, {});
        lock.unlock();
        if (!spans.empty()) send(spans);
        if (stop.stop_requested()) return;
    }
}

// In pieces; the first that is not taken ends it, since the others would not be either, and each would cost its
// patience.
void Exporter::send(const std::vector<Span>& spans)
{
    for (std::size_t from = 0; from < spans.size(); from += spans_at_once) {
        const auto piece = std::span(spans).subspan(from, std::min(spans_at_once, spans.size() - from));
        const auto why = post(settings_.endpoint, otlp_json(settings_.resource, piece), settings_.patience);
        if (!why.empty() && !is_failing_ && complain_) complain_(why);
        is_failing_ = !why.empty();
        const std::scoped_lock lock(mutex_);
        if (!why.empty()) {
            counters_.failed += static_cast<std::int64_t>(spans.size() - from);
            return;
        }
        counters_.sent += static_cast<std::int64_t>(piece.size());
    }
}

}  // namespace gonghui::tracing
