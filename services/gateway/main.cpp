// gonghui-gateway: hand wiring, in order of dependency.

#include "common/process/executable.hpp"
#include "common/process/exit_codes.hpp"
#include "common/process/log.hpp"
#include "common/runtime/serve.hpp"
#include "services/gateway/app/wiring.hpp"
#include "services/gateway/http/edge.hpp"

#include <sys/resource.h>

#include <filesystem>
#include <optional>

namespace gonghui::gateway {

namespace {

process::Keys edge_keys()
{
    using process::Type;
    return {
        {.name = "edge.listen",
         .fallback = "127.0.0.1:8080",
         .description = "Where browsers find it, in plain HTTP; anywhere but on this machine behind a proxy that ends "
                        "TLS. Port 0 takes a free one.",
         .form = process::form::listen_address},
        {.name = "edge.proxies",
         .type = Type::integer,
         .fallback = "0",
         .description = "Trusted proxies in front: so many of the last addresses in X-Forwarded-For are theirs or were "
                        "seen by them.",
         .least = 0,
         .most = 8},
        {.name = "edge.origins",
         .type = Type::list,
         .fallback = "",
         .description = "Origins that count as its own beside the host that it is asked by: https://portal.example.cn"},
        {.name = "edge.web",
         .fallback = "",
         .description = "Folder of the pages; empty: share/gonghui/web beside bin."},
        {.name = "edge.connections",
         .type = Type::integer,
         .fallback = "20000",
         .description = "Most connections of browsers at once.",
         .least = 1},
        {.name = "edge.connections_per_address",
         .type = Type::integer,
         .fallback = "2000",
         .description =
             "Of them from one address, or one network of IPv6. Behind proxies (edge.proxies) every connection "
             "is the proxy's, which has to hold its clients to as many itself: it is not looked at here.",
         .least = 1},
        {.name = "edge.in_flight",
         .type = Type::integer,
         .fallback = "4096",
         .description = "Most requests on the bus at once.",
         .least = 1,
         .most = 16384},
        {.name = "limit.address",
         .type = Type::integer,
         .fallback = "200",
         .description =
             "Requests a second that one address gets in the long run, and ten times as many at once; a whole "
             "works may be behind one.",
         .least = 1},
        {.name = "limit.person",
         .type = Type::integer,
         .fallback = "10",
         .description = "The same of one person, and six times as many at once; half of it at one route.",
         .least = 1},
        {.name = "limit.codes_per_minute",
         .type = Type::integer,
         .fallback = "600",
         .description = "One-time codes to mobile phones that the whole district sends in the long run, and as many at "
                        "once: each is paid for.",
         .least = 1},
        {.name = "limit.codes_per_day",
         .type = Type::integer,
         .fallback = "20000",
         .description = "The same in a day.",
         .least = 1},
        {.name = "session.worker_idle",
         .type = Type::duration,
         .fallback = "14d",
         .description = "A worker's session ends when it was not used for so long."},
        {.name = "session.worker_longest",
         .type = Type::duration,
         .fallback = "30d",
         .description = "And so long after it began."},
        {.name = "session.officer_idle",
         .type = Type::duration,
         .fallback = "30m",
         .description = "The same of an officer."},
        {.name = "session.officer_longest",
         .type = Type::duration,
         .fallback = "12h",
         .description = "The same of an officer."},
    };
}

std::filesystem::path web_folder(const process::Config& config)
{
    if (const auto& folder = config.text("edge.web"); !folder.empty()) return folder;
    return process::executable().parent_path().parent_path() / "share" / "gonghui" / "web";
}

EdgeSettings settings_of(const process::Config& config)
{
    const auto seconds = [&](std::string_view key) {
        return std::chrono::floor<std::chrono::seconds>(config.duration(key));
    };
    EdgeSettings settings;
    settings.server.listen = config.text("edge.listen");
    settings.server.proxies = static_cast<int>(config.integer("edge.proxies"));
    settings.server.most_connections = static_cast<std::size_t>(config.integer("edge.connections"));
    settings.server.most_of_address = static_cast<std::size_t>(config.integer("edge.connections_per_address"));
    settings.most_in_flight = static_cast<std::size_t>(config.integer("edge.in_flight"));
    settings.limits.address_per_second = static_cast<double>(config.integer("limit.address"));
    settings.limits.person_per_second = static_cast<double>(config.integer("limit.person"));
    settings.codes = {static_cast<double>(config.integer("limit.codes_per_minute")),
                      static_cast<double>(config.integer("limit.codes_per_day"))};
    settings.origins = config.list("edge.origins");
    settings.web = web_folder(config);
    settings.sessions = {seconds("session.worker_idle"), seconds("session.worker_longest"),
                         seconds("session.officer_idle"), seconds("session.officer_longest")};
    return settings;
}

// Every connection is a descriptor; what the system lets a process have at most is more than it gives at first.
void raise_descriptor_limit()
{
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

// What the edge counts, for Prometheus.
class Report {
public:
    Report(const Figures& figures, const Board& board, std::int64_t most_connections, process::Metrics& metrics)
        : figures_(figures),
          board_(board),
          turned_away_(metrics.counter("gonghui_edge_turned_away_total", "Answered in front of a service.")),
          codes_(metrics.counter("gonghui_edge_codes_total", "One-time codes sent to mobile phones.")),
          codes_held_back_(metrics.counter("gonghui_edge_codes_held_back_total",
                                           "Codes not sent since limit.codes_per_minute or _per_day was reached.")),
          connections_(metrics.gauge("gonghui_edge_connections", "Open connections of browsers.")),
          streams_(metrics.gauge("gonghui_edge_streams", "Open streams of events.")),
          in_flight_(metrics.gauge("gonghui_edge_in_flight", "Requests on the bus.")),
          sessions_(metrics.gauge("gonghui_edge_sessions", "Sessions that are not over.")),
          passwords_waiting_(metrics.gauge("gonghui_edge_passwords_waiting", "Passwords that wait to be checked.")),
          answers_(answers(metrics)),
          hook_(metrics.collect([this] { collect(); }))
    {
        metrics.gauge("gonghui_edge_most_connections", "More connections are closed as they come.")
            .set(static_cast<double>(most_connections));
    }

private:
    struct Answers {
        std::size_t status;
        process::Counter counter;
    };

    // Those of API.md, all there from the start: a rate needs a zero before the first one.
    static std::vector<Answers> answers(process::Metrics& metrics)
    {
        std::vector<Answers> counted;
        for (const auto status : {200U, 202U, 204U, 304U, 400U, 401U, 403U, 404U, 405U, 409U, 411U, 413U, 415U, 422U,
                                  429U, 431U, 500U, 502U, 503U})
            counted.push_back({status, metrics.counter("gonghui_edge_answers_total", "Answers by status.",
                                                       {{"status", std::to_string(status)}})});
        return counted;
    }

    void collect()
    {
        for (auto& answers : answers_) answers.counter.advance_to(figures_.answers.at(answers.status));
        turned_away_.advance_to(figures_.turned_away);
        codes_.advance_to(figures_.codes);
        codes_held_back_.advance_to(figures_.codes_held_back);
        connections_.set(static_cast<double>(figures_.connections));
        streams_.set(static_cast<double>(figures_.streams));
        in_flight_.set(static_cast<double>(figures_.in_flight));
        sessions_.set(static_cast<double>(board_.session_count()));
        passwords_waiting_.set(static_cast<double>(figures_.passwords_waiting));
    }

    const Figures& figures_;
    const Board& board_;
    process::Counter turned_away_;
    process::Counter codes_;
    process::Counter codes_held_back_;
    process::Gauge connections_;
    process::Gauge streams_;
    process::Gauge in_flight_;
    process::Gauge sessions_;
    process::Gauge passwords_waiting_;
    std::vector<Answers> answers_;
    process::Metrics::Hook hook_;  // last
};

class Partition final : public runtime::Assembled {
public:
    explicit Partition(runtime::Ground& ground)
        : store_(ground.database, board_, ground.keyring),
          handlers_(store_),
          edge_(settings_of(ground.config), {board_, ground.clock, ground.random, ground.service_key, ground.hub,
                                             ground.identity, ground.watchdog}),
          drain_(ground.stop, Drain{edge_}),
          report_(edge_.figures(), board_, ground.config.integer("edge.connections"), ground.metrics)
    {
        wire(handlers_, {ground.service_key, ground.keyring});
        store_.fill(board_);
        raise_descriptor_limit();
        edge_.start();
        process::log::info("edge_opened", {{"port", edge_.port()}});
        if (!edge_.has_pages())
            process::log::warning("pages_missing", {{"folder", web_folder(ground.config).native()}});
    }

    messaging::Service& service() override { return handlers_; }

private:
    struct Drain {
        Edge& edge;
        void operator()() const { edge.drain(); }
    };

    Board board_;
    GatewayStore store_;
    messaging::Handlers<GatewayStore> handlers_;
    Edge edge_;
    std::stop_callback<Drain> drain_;
    Report report_;
};

}  // namespace

}  // namespace gonghui::gateway

int main(int argc, char** argv)
{
    using namespace gonghui;
    runtime::ServiceProgram program;
    program.name = "gateway";
    program.version = GONGHUI_VERSION;
    program.summary = "the HTTP edge: pages, accounts, sessions, and the JSON form of what services answer";
    program.key_owner = {};  // it opens nobody's data; the keys for passwords are its own
    program.keys = gateway::edge_keys();
    program.migrate = gateway::migrate;
    program.assemble = [](runtime::Ground& ground) -> std::unique_ptr<runtime::Assembled> {
        if (ground.share.partitions != 1)
            throw process::Failure(process::Exit::config, "the gateway has one partition");
        return std::make_unique<gateway::Partition>(ground);
    };
    return runtime::serve(program, argc, argv);
}
