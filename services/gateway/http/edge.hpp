#pragma once
// The gateway's half that speaks HTTP: a thread with everything that stands on it.

#include "common/process/watchdog.hpp"
#include "services/gateway/http/api.hpp"
#include "services/gateway/http/figures.hpp"
#include "services/gateway/http/log_in.hpp"
#include "services/gateway/http/operations.hpp"
#include "services/gateway/http/own_account.hpp"
#include "services/gateway/http/server.hpp"
#include "services/gateway/http/static_files.hpp"
#include "services/gateway/http/streams.hpp"

#include <thread>

namespace gonghui::gateway {

struct EdgeSettings {
    ServerSettings server;
    SessionLimits sessions;
    LimitSettings limits;
    CodeRates codes;
    std::filesystem::path web;
    std::vector<std::string> origins;  // further ones that count as our own
    std::size_t most_in_flight = 4'096;
};

class Edge {
public:
    struct Ports {
        Board& board;
        Clock& clock;
        Random& random;
        const sealing::Key& service_key;
        messaging::HubAddress hub;
        messaging::KeyPair identity;
        process::Watchdog& watchdog;
    };

    // Listens, but answers nobody before `start`. Throws Failure when the port is taken.
    Edge(const EdgeSettings& settings, const Ports& ports);
    // Answers what is under way, for a few seconds at most.
    ~Edge();
    Edge(const Edge&) = delete;
    Edge& operator=(const Edge&) = delete;

    void start();
    // Thread-safe: takes no more connections and ends those that wait.
    void drain();

    [[nodiscard]] int port() const { return server_.port(); }
    [[nodiscard]] bool has_pages() const { return !files_.empty(); }
    [[nodiscard]] const Figures& figures() const { return figures_; }

private:
    void handle(const HttpRequest& request, const Respond& respond);
    void handle_api(const HttpRequest& request, std::string_view below, const Respond& respond);
    void handle_session(const HttpRequest& request, std::string_view below, const Respond& respond);
    void handle_form(const HttpRequest& request, std::string_view below, const Respond& respond);
    std::optional<Caller> admitted(const HttpRequest& request, std::string_view route, const Respond& respond);
    // Empty: it comes from a page of our own, or changes nothing.
    [[nodiscard]] std::string_view foreign(const HttpRequest& request) const;
    void tick(process::Watchdog::Loop& loop);
    void run();

    EdgeSettings settings_;
    process::Watchdog& watchdog_;
    Figures figures_;
    boost::asio::io_context io_{1};
    Bus bus_;
    Sessions sessions_;
    Limits limits_;
    Refusals refusals_;
    Api api_;
    Errands errands_;
    OneTimeCodes codes_;
    PasswordThread passwords_;
    LogIn log_in_;
    OwnAccount own_account_;
    Streams streams_;
    Operations operations_;
    StaticFiles files_;
    Server server_;
    boost::asio::steady_timer tick_;
    bool is_draining_ = false;
    std::chrono::steady_clock::time_point drained_at_{};
    std::jthread thread_;  // last
};

}  // namespace gonghui::gateway
