#include "common/process/http.hpp"

#include "common/process/exit_codes.hpp"
#include "common/process/forms.hpp"

#include <httplib.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

namespace gonghui::process {

namespace {

// httplib would set SO_REUSEPORT, with which two processes share one port and neither notices.
void set_socket_options(int socket)
{
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

}  // namespace

struct HttpServer::State {
    httplib::Server server;
    int port = 0;
    std::jthread thread;
};

HttpServer::HttpServer(const std::string& listen, Metrics& metrics, const Readiness& readiness)
    : state_(std::make_unique<State>())
{
    const auto endpoint = parse_host_and_port(listen);
    if (!endpoint) throw Failure(Exit::config, "http.listen: \"" + listen + "\" is not host:port");

    httplib::Server& server = state_->server;
    server.new_task_queue = [] {
        return new httplib::ThreadPool(2);
    };  // httplib takes ownership
    server.set_socket_options(set_socket_options);
    server.set_keep_alive_timeout(1);  // seconds; an idle connection must not hold up the end
    server.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
        response.set_content(R"({"healthy":true})", "application/json");
    });
    server.Get("/readyz", [&readiness](const httplib::Request&, httplib::Response& response) {
        response.status = readiness.reasons().empty() ? 200 : 503;
        response.set_content(readiness.json(), "application/json");
    });
    server.Get("/metrics", [&metrics](const httplib::Request&, httplib::Response& response) {
        response.set_content(metrics.text(), "text/plain; version=0.0.4");
    });

    errno = 0;
    if (endpoint->port == 0)
        state_->port = server.bind_to_any_port(endpoint->host);
    else
        state_->port = server.bind_to_port(endpoint->host, endpoint->port) ? endpoint->port : -1;
    if (state_->port <= 0) {
        const int why = errno;
        const std::string reason =
            why == EADDRINUSE ? "the port is already in use" : std::generic_category().message(why);
        throw Failure(Exit::unavailable, "http.listen " + listen + ": " + reason);
    }
    state_->thread = std::jthread([this] { state_->server.listen_after_bind(); });
    // `stop` before the loop runs would be lost, so wait until it does.
    while (!server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

HttpServer::~HttpServer()
{
    state_->server.stop();
}

int HttpServer::port() const
{
    return state_->port;
}

std::optional<int> http_status(const std::string& listen, const std::string& path)
{
    const auto place = parse_host_and_port(listen);
    if (!place) return std::nullopt;
    httplib::Client client(place->host, place->port);
    client.set_connection_timeout(std::chrono::seconds(1));
    client.set_read_timeout(std::chrono::seconds(1));
    const auto answer = client.Get(path);
    return answer ? std::optional(answer->status) : std::nullopt;
}

}  // namespace gonghui::process
