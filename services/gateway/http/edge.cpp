#include "services/gateway/http/edge.hpp"

#include "common/bytes/bytes.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>

namespace gonghui::gateway {

namespace {

constexpr std::chrono::milliseconds between_ticks{100};
constexpr std::chrono::seconds longest_drain{5};

// What stands below "session", and how it may be asked.
struct SessionRoute {
    std::string_view below;
    std::string_view methods;
};
constexpr std::array session_routes{
    SessionRoute{"session", "GET, HEAD, POST, DELETE"},
    SessionRoute{"session/code", "POST"},
    SessionRoute{"session/role", "PUT"},
    SessionRoute{"session/password", "PUT"},
    SessionRoute{"session/password/removal", "POST"},
    SessionRoute{"session/phone", "PUT"},
    SessionRoute{"sessions", "GET, HEAD"},
};

// Of /api/v1/sessions/<session_id>.
std::optional<SessionId> session_in(std::string_view below)
{
    constexpr std::string_view one = "sessions/";
    const auto id = below.starts_with(one) ? Uuid::parse(below.substr(one.size())) : std::nullopt;
    return id ? std::optional(SessionId(*id)) : std::nullopt;
}

// Empty: there is no such route.
std::string_view methods_of(std::string_view below)
{
    if (session_in(below)) return "DELETE";
    const auto* found = std::find_if(session_routes.begin(), session_routes.end(),
                                     [&](const SessionRoute& route) { return route.below == below; });
    return found == session_routes.end() ? std::string_view() : found->methods;
}

std::string_view name_of(Method method)
{
    constexpr std::array<std::string_view, 5> names{"GET", "POST", "PUT", "DELETE", "(another)"};
    return names.at(static_cast<std::size_t>(method));
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
    if (request.method == Method::get) return {};
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
    const bool is_page = request.path != "/api" && !request.path.starts_with("/api/");
    if (request.method != Method::get) return respond(not_allowed("GET, HEAD", request.language));
    if (auto file = is_page ? files_.answer(request) : std::nullopt) return respond(std::move(*file));
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
    const auto methods = methods_of(below);
    if (methods.empty()) return respond(problem(404, "no_such_route", request.language));
    if (methods.find(name_of(request.method)) == methods.npos) return respond(not_allowed(methods, request.language));
    if (request.method == Method::post || request.method == Method::put) return handle_form(request, below, respond);
    // Every change of a session stays in the log.
    const auto caller = admitted(request, "session", respond);
    if (!caller) return;
    if (request.method == Method::remove)
        return log_in_.close(*caller, session_in(below).value_or(caller->session.id), request, respond);
    respond(below == "session" ? log_in_.show(*caller) : log_in_.list(*caller));
}

void Edge::handle_form(const HttpRequest& request, std::string_view below, const Respond& respond)
{
    auto form = Form::read(request);
    if (!form) return respond(std::move(form.error()));
    if (below == "session/code") return log_in_.send_code(*form, request, respond);
    if (below == "session") return log_in_.open(*form, request, respond);
    const auto caller = admitted(request, "session", respond);
    if (!caller) return;
    if (below == "session/role") return log_in_.choose_role(*caller, *form, request, respond);
    if (below == "session/password") return own_account_.set_password(*caller, *form, request, respond);
    if (below == "session/phone") return own_account_.change_phone(*caller, *form, request, respond);
    own_account_.remove_password(*caller, *form, request, respond);
}

}  // namespace gonghui::gateway
