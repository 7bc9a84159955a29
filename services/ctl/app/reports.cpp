#include "services/ctl/app/reports.hpp"

#include "services/ctl/app/fields.hpp"
#include "services/ctl/app/hub_view.hpp"

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
    report.now = number_of(data, "now");
    report.backup_at = number_of(field(data, "backup"), "newest_at");
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

}  // namespace

std::vector<PartitionReport> ask_everybody(Connection& connection)
{
    std::vector<PartitionReport> reports;
    for (const auto& service : services_at(connection))
        for (std::int64_t partition = 0; partition < service.partitions; ++partition)
            reports.push_back(ask_partition(connection, service.name, partition));
    return reports;
}

}  // namespace gonghui::ctl
