#pragma once
// What a supervisor, a load balancer and Prometheus ask of a process, over HTTP:
//
//     GET /healthz   200 while the process runs
//     GET /readyz    200 when ready, 503 otherwise; both with Readiness::json
//     GET /metrics   the Prometheus text format
//
// Plain HTTP without any rights: keep it on loopback or a network of the operator's own.

#include "common/process/metrics.hpp"
#include "common/process/readiness.hpp"

#include <memory>
#include <optional>
#include <string>

namespace gonghui::process {

class HttpServer {
public:
    // `listen` is "host:port"; port 0 takes a free one. Serves on threads of its own from now on; `metrics` and
    // `readiness` outlive it. Throws Failure: Exit::unavailable when the port is taken, Exit::config when it is no
    // port.
    HttpServer(const std::string& listen, Metrics& metrics, const Readiness& readiness);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    [[nodiscard]] int port() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

// The status of a GET at host:port; nullopt: nobody there answers in HTTP within a second.
std::optional<int> http_status(const std::string& listen, const std::string& path);

}  // namespace gonghui::process
