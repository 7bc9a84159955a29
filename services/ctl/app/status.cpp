#include "services/ctl/app/status.hpp"

#include "services/ctl/app/fields.hpp"
#include "services/ctl/app/hub_view.hpp"
#include "services/ctl/app/json_output.hpp"
#include "services/ctl/domain/levels.hpp"
#include "services/ctl/domain/table.hpp"
#include "services/ctl/domain/texts.hpp"

#include <iostream>
#include <thread>

namespace gonghui::ctl {

namespace {

constexpr milliseconds patience{1'000};

Followed read_followed(codec::Value map)
{
    Followed followed;
    followed.source = text_of(map, "source");
    followed.epoch = number_of(map, "epoch");
    followed.cursor = number_of(map, "cursor");
    followed.head = number_of(map, "head");
    followed.diverged = map.find("diverged").value_or(codec::Value{}).boolean().value_or(false);
    return followed;
}

void read_status(codec::Value data, PartitionReport& report)
{
    report.answered = true;
    report.version = text_of(data, "version");
    report.claim = number_of(data, "claim");
    report.epoch = number_of(data, "epoch");
    report.head = number_of(data, "head");
    report.parked = number_of(data, "parked");
    report.store_bytes = number_of(data, "store_bytes");
    const auto follows = data.find("follows").value_or(codec::Value{});
    for (std::size_t i = 0; i < follows.size(); ++i) report.follows.push_back(read_followed(follows.element(i)));
    const auto counters = data.find("counters").value_or(codec::Value{});
    report.requests = {number_of(counters, "accepted"), number_of(counters, "refused"),
                       number_of(counters, "invalid"),  number_of(counters, "retried"),
                       number_of(counters, "faults"),   number_of(counters, "repeated")};
    report.events = {number_of(counters, "events_published"),   number_of(counters, "applied_live"),
                     number_of(counters, "applied_from_pages"), number_of(counters, "skipped"),
                     number_of(counters, "duplicates"),         number_of(counters, "undecodable")};
}

PartitionReport ask_partition(Connection& connection, const std::string& service, std::int64_t partition)
{
    PartitionReport report;
    report.source = connection.plan().district + '/' + service + '/' + std::to_string(partition);
    report.service = service;
    report.partition = partition;
    codec::Parser parser;
    const auto bytes = connection.client().call(connection.to_partition(service, "_status", partition), patience);
    if (!bytes) return report;
    const auto reply = messaging::decode_reply(parser, *bytes);
    if (reply && reply->outcome == messaging::Outcome::accepted) read_status(reply->data, report);
    return report;
}

std::vector<PartitionReport> ask_everybody(Connection& connection)
{
    std::vector<PartitionReport> reports;
    for (const auto& service : connection.plan().services)
        for (std::int64_t partition = 0; partition < service.partitions; ++partition)
            reports.push_back(ask_partition(connection, service.name, partition));
    return reports;
}

std::string partitions_table(const Session& session, const std::vector<PartitionReport>& reports)
{
    Table table({{session.say(text::title_partition)},
                 {session.say(text::title_instance)},
                 {session.say(text::title_state)},
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
        table.row({report.source, instance, session.say(text::answers), grouped(report.claim),
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
