#include "services/ctl/app/status.hpp"

#include "services/ctl/app/hub_view.hpp"
#include "services/ctl/app/json_output.hpp"
#include "services/ctl/app/reports.hpp"
#include "services/ctl/domain/levels.hpp"
#include "services/ctl/domain/table.hpp"
#include "services/ctl/domain/texts.hpp"

#include <iostream>
#include <thread>

namespace gonghui::ctl {

namespace {

constexpr milliseconds patience{1'000};

std::string partitions_table(const Session& session, const std::vector<PartitionReport>& reports)
{
    Table table({{session.say(text::title_partition)},
                 {session.say(text::title_instance)},
                 {session.say(text::title_state)},
                 {session.say(text::title_version)},
                 {session.say(text::title_claim), Align::right},
                 {session.say(text::title_head), Align::right},
                 {session.say(text::title_parked), Align::right},
                 {session.say(text::title_store), Align::right},
                 {session.say(text::title_accepted), Align::right},
                 {session.say(text::title_refused), Align::right},
                 {session.say(text::title_retry), Align::right},
                 {session.say(text::title_other), Align::right},
                 {session.say(text::title_live), Align::right},
                 {session.say(text::title_pages), Align::right}});
    for (const auto& report : reports) {
        const auto instance = report.instance.empty() ? "-" : report.instance;
        if (!report.answered) {
            table.row({report.source, instance, session.say(text::silent)});
            continue;
        }
        const auto& requests = report.requests;
        table.row({report.source, instance, session.say(text::answers), report.version, grouped(report.claim),
                   (report.epoch > 1 ? std::to_string(report.epoch) + '/' : "") + grouped(report.head),
                   grouped(report.parked), as_size(report.store_bytes), grouped(requests.accepted),
                   grouped(requests.refused), grouped(requests.retried), grouped(requests.invalid + requests.faults),
                   grouped(report.events.live), grouped(report.events.from_pages)});
    }
    return table.render();
}

std::string followers_table(const Session& session, const std::vector<Lag>& lags)
{
    Table table({{session.say(text::title_follower)},
                 {session.say(text::title_source)},
                 {session.say(text::title_cursor), Align::right},
                 {session.say(text::title_head), Align::right},
                 {session.say(text::title_behind), Align::right}});
    for (const auto& lag : lags)
        table.row({lag.follower, lag.source, grouped(lag.cursor), grouped(lag.head),
                   lag.diverged ? session.say(text::diverged) : grouped(lag.behind)});
    return table.empty() ? std::string() : '\n' + table.render();
}

std::string conclusion(const Session& session, const std::vector<PartitionReport>& reports, const Verdict& verdict,
                       const std::optional<HubView>& hub)
{
    std::string out = "\n";
    if (hub)
        out +=
            session.say(text::hub_line, {grouped(hub->forwarded), grouped(hub->overloaded), grouped(hub->unavailable),
                                         grouped(hub->refused), grouped(hub->events), grouped(hub->dropped)}) +
            '\n';
    if (const auto live = live_per_mille(reports))
        out += session.say(text::live_line, {std::to_string(*live / 10) + '.' + std::to_string(*live % 10)}) + '\n';
    if (verdict.parked > 0) out += session.say(text::parked_line, {grouped(verdict.parked)}) + '\n';
    out += verdict.is_level() ? session.say(text::everyone_level)
                              : session.say(text::not_level, {grouped(verdict.silent), grouped(verdict.behind),
                                                              grouped(verdict.diverged)});
    return out + '\n';
}

int show(const Session& session, Connection& connection, const StatusOptions& options)
{
    auto reports = ask_everybody(connection);
    const auto hub = ask_hub(connection, patience);
    if (hub)
        for (auto& report : reports)
            if (const auto held = hub->holders.find(report.source); held != hub->holders.end())
                report.instance = held->second;
    const auto lags = lags_of(reports);
    const auto verdict = judge(reports, lags);
    std::string out;
    if (options.json)
        out = status_json(reports, lags, verdict, options.watch ? JsonForm::one_line : JsonForm::indented) + '\n';
    else
        out = partitions_table(session, reports) + followers_table(session, lags) +
              conclusion(session, reports, verdict, hub);
    constexpr std::string_view clear_screen = "\x1b[2J\x1b[H";
    if (options.watch && !options.json) std::cout << clear_screen;
    std::cout << out << std::flush;
    return verdict.is_level() ? 0 : exit_code::not_all;
}

}  // namespace

int status(const Session& session, const StatusOptions& options)
{
    Connection connection(session);
    auto code = show(session, connection, options);
    while (options.watch && std::cout) {
        std::this_thread::sleep_for(std::chrono::seconds(1));
        code = show(session, connection, options);
    }
    return code;
}

}  // namespace gonghui::ctl
