#include "services/gateway/http/edge.hpp"

#include "common/bytes/bytes.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace gonghui::gateway {

namespace {

constexpr std::chrono::milliseconds between_ticks{100};
constexpr std::chrono::seconds longest_drain{5};

bool is_safe(Method method)
{
    return method == Method::get || method == Method::head;
}

}  // namespace

Edge::Edge(const EdgeSettings& settings, const Ports& ports)
    : settings_(settings),
      watchdog_(ports.watchdog),
      bus_(io_, ports.hub, ports.identity, settings.most_in_flight),
      sessions_(ports.board, ports.clock, settings.sessions),
      limits_(settings.limits, ports.random),
      api_(bus_, ports.board, refusals_, ports.clock, ports.random, figures_),
      errands_(bus_, ports.clock, ports.random),
      codes_(settings.codes, ports.random),
      passwords_(io_),
      log_in_({errands_, ports.board, sessions_, codes_, passwords_, limits_, figures_, ports.clock, ports.random,
               ports.service_key}),
      own_account_({errands_, ports.board, codes_, passwords_, limits_, ports.clock, ports.service_key}),
      streams_({bus_, ports.board, refusals_, sessions_, ports.clock, ports.random}),
      operations_(bus_, ports.clock, ports.random),
      files_(settings.web),
      server_(io_, settings.server,
              [this](const HttpRequest& request, const Respond& respond) {
                  handle(request, [this, respond](HttpResponse&& response) {
                      ++figures_.answers.at(static_cast<std::size_t>(response.status));
                      respond(std::move(response));
                  });
              }),
      tick_(io_)
{
}

Edge::~Edge()
{
    drain();
    if (thread_.joinable()) thread_.join();
}

void Edge::start()
{
    thread_ = std::jthread([this] { run(); });
}

void Edge::run()
{
    process::Watchdog::Loop loop(watchdog_);
    tick(loop);
    io_.run();
    server_.close();
    io_.restart();
    io_.poll();  // what was closed is let go of
}

void Edge::drain()
{
    boost::asio::post(io_, [this] {
        if (is_draining_) return;
        is_draining_ = true;
        drained_at_ = std::chrono::steady_clock::now() + longest_drain;
        server_.drain();
    });
}

void Edge::tick(process::Watchdog::Loop& loop)
{
    loop.turn();
    bus_.tick();
    sessions_.tick();
    streams_.tick(std::chrono::steady_clock::now());
    figures_.connections = static_cast<std::int64_t>(server_.connection_count());
    figures_.streams = static_cast<std::int64_t>(streams_.count());
    figures_.in_flight = static_cast<std::int64_t>(bus_.in_flight());
    figures_.passwords_waiting = static_cast<std::int64_t>(passwords_.waiting());
    if (is_draining_ && (server_.is_drained() || std::chrono::steady_clock::now() > drained_at_)) return io_.stop();
    tick_.expires_after(between_ticks);
    tick_.async_wait([this, &loop](const boost::system::error_code& error) {
        if (!error) tick(loop);
    });
}

std::string_view Edge::foreign(const HttpRequest& request) const
{
    if (is_safe(request.method)) return {};
    if (request.guard != "1") return "no_guard";
    const auto scheme = request.origin.find("://");
    const bool is_own =
        scheme != request.origin.npos && !request.host.empty() && request.origin.substr(scheme + 3) == request.host;
    const auto& others = settings_.origins;
    if (is_own || std::find(others.begin(), others.end(), request.origin) != others.end()) return {};
    return "foreign_origin";
}

void Edge::handle(const HttpRequest& request, const Respond& respond)
{
    constexpr std::string_view api = "/api/v1/";
    if (request.path.starts_with(api)) return handle_api(request, request.path.substr(api.size()), respond);
    if (!is_safe(request.method)) return respond(problem(405, "method_not_allowed", request.language));
    if (auto file = files_.answer(request)) return respond(std::move(*file));
    respond(problem(404, "no_such_route", request.language));
}

void Edge::handle_api(const HttpRequest& request, std::string_view below, const Respond& respond)
{
    if (const auto why = foreign(request); !why.empty()) return respond(problem(403, why, request.language));
    if (const auto wait = limits_.request(request)) return respond(too_many(*wait, request.language));
    if (below == "health") {
        HttpResponse response;
        response.status = bus_.is_up() ? 200 : 503;
        response.body = bus_.is_up() ? "{\"ready\":true}" : "{\"ready\":false}";
        response.headers = "Cache-Control: no-store\r\n";
        return respond(std::move(response));
    }
    if (below.starts_with("session")) return handle_session(request, below, respond);
    const auto* message = api_.find(below);
    if (message == nullptr && below != "stream" && below != "operations/status")
        return respond(problem(404, "no_such_route", request.language));
    const auto caller = admitted(request, below, respond);
    if (!caller) return;
    if (below == "stream") return streams_.open(*caller, request, respond);
    if (below == "operations/status") return operations_.show_status(*caller, request, respond);
    api_.ask(*message, *caller, request, respond);
}

// nullopt: nobody is logged in, or they ask too often; it is answered.
std::optional<Caller> Edge::admitted(const HttpRequest& request, std::string_view route, const Respond& respond)
{
    auto caller = sessions_.caller_of(request);
    if (!caller) {
        respond(problem(401, "no_session", request.language));
        return std::nullopt;
    }
    if (const auto wait = limits_.person(as_text(caller->session.person.uuid.view()), route)) {
        respond(too_many(*wait, request.language));
        return std::nullopt;
    }
    return caller;
}

void Edge::handle_session(const HttpRequest& request, std::string_view below, const Respond& respond)
{
    if (below == "session/code" && request.method == Method::post) return log_in_.send_code(request, respond);
    if (below == "session" && request.method == Method::post) return log_in_.open(request, respond);
    // Every change of a session stays in the log.
    const auto caller = admitted(request, "session", respond);
    if (!caller) return;
    const auto is = [&](Method method, std::string_view route) {
        return request.method == method && below == route;
    };
    constexpr std::string_view one = "sessions/";
    if (is(Method::get, "session")) return respond(log_in_.show(*caller));
    if (is(Method::remove, "session")) return log_in_.close(*caller, caller->session.id, request, respond);
    if (is(Method::put, "session/role")) return log_in_.choose_role(*caller, request, respond);
    if (is(Method::put, "session/password")) return own_account_.set_password(*caller, request, respond);
    if (is(Method::post, "session/password/removal")) return own_account_.remove_password(*caller, request, respond);
    if (is(Method::put, "session/phone")) return own_account_.change_phone(*caller, request, respond);
    if (is(Method::get, "sessions")) return respond(log_in_.list(*caller));
    if (below.starts_with(one) && request.method == Method::remove)
        if (const auto id = Uuid::parse(below.substr(one.size())))
            return log_in_.close(*caller, SessionId(*id), request, respond);
    respond(problem(404, "no_such_route", request.language));
}

}  // namespace gonghui::gateway
