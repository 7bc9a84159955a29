// gonghui-hub: the district's bus. Reads its configuration, its key and the list of who may connect; binds; forwards.

#include "common/ids/random.hpp"
#include "common/process/log.hpp"
#include "common/process/run.hpp"
#include "common/time/clock.hpp"
#include "services/hub/app/authorized.hpp"
#include "services/hub/app/hub.hpp"

#include <sys/resource.h>

namespace {

using namespace gonghui;
using process::Exit;
using process::Failure;
using process::Type;

process::Program program()
{
    return {
        .name = "gonghui-hub",
        .version = GONGHUI_VERSION,
        .summary = "forwards the district's events, routes its requests, checks keys and rights",
        .keys =
            {
                {.name = "district",
                 .description = "The district whose bus this is.",
                 .form = process::form::district_code},
                {.name = "bind.publish",
                 .fallback = "tcp://127.0.0.1:7311",
                 .description = "Where services publish their events.",
                 .form = process::form::tcp_endpoint},
                {.name = "bind.subscribe",
                 .fallback = "tcp://127.0.0.1:7312",
                 .description = "Where followers get events.",
                 .form = process::form::tcp_endpoint},
                {.name = "bind.request",
                 .fallback = "tcp://127.0.0.1:7313",
                 .description = "Where requests come in and holders take them.",
                 .form = process::form::tcp_endpoint},
                {.name = "keys.own",
                 .fallback = "keys/hub.key",
                 .description = "The hub's own key pair, made by `gonghui keys`."},
                {.name = "keys.authorized",
                 .fallback = "keys/authorized.toml",
                 .description = "Whose keys may connect, and what each may do.",
                 .change = process::Change::at_reload},
                {.name = "limits.in_flight_per_partition",
                 .type = Type::integer,
                 .fallback = "4096",
                 .description = "Requests that may wait for one partition; beyond it callers get retry.",
                 .least = 1,
                 .most = 1'000'000},
                {.name = "limits.in_flight_per_caller",
                 .type = Type::integer,
                 .fallback = "16384",
                 .description = "Requests of one key that may wait; beyond it the caller gets retry.",
                 .least = 1,
                 .most = 1'000'000},
                {.name = "limits.event_high_water",
                 .type = Type::integer,
                 .fallback = "50000",
                 .description = "Frames of events that may wait per connection; beyond it a follower reads the log.",
                 .least = 1'000,
                 .most = 10'000'000},
                {.name = "limits.request_high_water",
                 .type = Type::integer,
                 .fallback = "20000",
                 .description = "Frames of requests and replies that may wait per connection.",
                 .least = 1'000,
                 .most = 10'000'000},
                {.name = "zeromq.io_threads",
                 .type = Type::integer,
                 .fallback = "1",
                 .description = "Threads that encrypt and carry; one is enough up to about a gigabit.",
                 .least = 1,
                 .most = 16},
            },
    };
}

hub::HubSettings settings_of(const process::Config& config)
{
    hub::HubSettings settings;
    settings.district = config.text("district");
    settings.version = GONGHUI_VERSION;
    settings.publish = config.text("bind.publish");
    settings.subscribe = config.text("bind.subscribe");
    settings.request = config.text("bind.request");
    settings.event_high_water = static_cast<int>(config.integer("limits.event_high_water"));
    settings.request_high_water = static_cast<int>(config.integer("limits.request_high_water"));
    settings.io_threads = static_cast<int>(config.integer("zeromq.io_threads"));
    settings.limits.in_flight_per_partition =
        static_cast<std::size_t>(config.integer("limits.in_flight_per_partition"));
    settings.limits.in_flight_per_caller = static_cast<std::size_t>(config.integer("limits.in_flight_per_caller"));
    return settings;
}

// What the hub has counted, under the names that dashboards know.
[[nodiscard]] process::Metrics::Hook publish_figures(process::Metrics& metrics, const hub::Hub& hub)
{
    auto forwarded = metrics.counter("gonghui_hub_requests_forwarded_total", "Requests passed on to a holder.");
    auto replied = metrics.counter("gonghui_hub_replies_total", "Replies passed back to a caller.");
    auto overloaded = metrics.counter("gonghui_hub_overloaded_total", "Requests turned away at a bound.");
    auto unavailable = metrics.counter("gonghui_hub_unavailable_total", "Requests that nobody could take.");
    auto refused = metrics.counter("gonghui_hub_refused_total", "Requests without a right to them.");
    auto events = metrics.counter("gonghui_hub_events_total", "Events let through.");
    auto copies = metrics.counter("gonghui_hub_events_forwarded_total", "Copies handed to followers.");
    auto dropped = metrics.counter("gonghui_hub_events_dropped_total", "Copies that a follower did not take.");
    auto barred = metrics.counter("gonghui_hub_events_refused_total", "Events without a right to publish them.");
    auto follows = metrics.counter("gonghui_hub_follows_refused_total", "Follows without a right to them.");
    auto holds = metrics.counter("gonghui_hub_holds_refused_total", "Partitions claimed without a right to them.");
    auto beyond = metrics.counter("gonghui_hub_beyond_rate_total",
                                  "Messages turned away, as their sender brought more than its rate.");
    auto kept_out = metrics.counter("gonghui_hub_kept_out_total",
                                    "Times that a key was kept out for a while, as it went on all the same.");
    auto keys = metrics.counter("gonghui_hub_keys_refused_total", "Connections refused for their key.");
    auto strangers =
        metrics.counter("gonghui_hub_handshakes_failed_total", "Connections that showed no key, or none in time.");
    auto ended = metrics.counter("gonghui_hub_connections_ended_total", "Connections ended with their key's grant.");
    auto open = metrics.gauge("gonghui_hub_connections", "Connections that are open.");
    auto in_flight = metrics.gauge("gonghui_hub_in_flight", "Requests that wait for a reply.");
    auto followers = metrics.gauge("gonghui_hub_followers", "Connections that follow events.");
    auto held = metrics.gauge("gonghui_hub_partitions_held", "Partitions that somebody holds.");
    return metrics.collect([=, &hub]() mutable {
        const auto figures = hub.figures();
        forwarded.advance_to(figures.requests.forwarded);
        replied.advance_to(figures.requests.replied);
        overloaded.advance_to(figures.requests.overloaded);
        unavailable.advance_to(figures.requests.unavailable);
        refused.advance_to(figures.requests.refused);
        events.advance_to(figures.events.events);
        copies.advance_to(figures.events.forwarded);
        dropped.advance_to(figures.events.dropped);
        barred.advance_to(figures.events.refused);
        follows.advance_to(figures.follows_refused);
        holds.advance_to(figures.holds_refused);
        beyond.advance_to(figures.beyond_rate);
        kept_out.advance_to(figures.kept_out);
        keys.advance_to(figures.door.keys_refused);
        strangers.advance_to(figures.door.strangers);
        ended.advance_to(figures.door.ended);
        open.set(static_cast<double>(figures.door.opened - figures.door.closed));
        in_flight.set(static_cast<double>(figures.in_flight));
        followers.set(static_cast<double>(figures.followers));
        held.set(static_cast<double>(figures.partitions_held));
    });
}

// A connection takes a descriptor, and what a shell gives a program, often 1,024, is soon taken by strangers. The bound
// that the operator means is the hard one.
void take_all_descriptors()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) process::log::warning("descriptors_not_raised");
}

int serve(process::Setup& setup)
{
    take_all_descriptors();
    SystemClock clock;
    SystemRandom random;
    const auto own = zeromq::KeyPair::load(setup.config.text("keys.own"));
    hub::Hub hub(settings_of(setup.config), own, hub::read_authorized(setup.config.text("keys.authorized")), clock,
                 random);
    setup.on_reload([&hub](const process::Config& config) {
        hub.replace_grants(hub::read_authorized(config.text("keys.authorized")));
    });
    const auto hook = publish_figures(setup.metrics, hub);
    process::log::info("hub_bound", {{"publish", hub.endpoints().publish},
                                     {"subscribe", hub.endpoints().subscribe},
                                     {"request", hub.endpoints().request}});
    setup.readiness.ready("process");
    setup.watchdog.ready();
    process::Watchdog::Loop loop(setup.watchdog);
    hub.run(setup.stop, [&loop] { loop.turn(); });
    return 0;
}

}  // namespace

int main(int argc, char** argv)
{
    return process::run(program(), argc, argv, [](process::Setup& setup) {
        try {
            return serve(setup);
        } catch (const zeromq::BindError& error) {
            throw Failure(Exit::unavailable, error.what());
        } catch (const zeromq::KeyError& error) {
            throw Failure(Exit::config, error.what());
        } catch (const hub::WrongGrant& error) {
            throw Failure(Exit::config, error.what());
        }
    });
}
