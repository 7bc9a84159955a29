#include "services/ctl/app/events.hpp"

#include "services/ctl/app/connection.hpp"
#include "services/ctl/app/json_output.hpp"
#include "services/ctl/domain/filters.hpp"
#include "services/ctl/domain/texts.hpp"

#include <algorithm>
#include <iostream>

namespace gonghui::ctl {

namespace {

using messaging::Event;
using process::Exit;

constexpr milliseconds page_patience{10'000};

// Prints events that pass a filter, until enough are printed.
class Printer {
public:
    Printer(EventFilter filter, std::optional<std::int64_t> limit, bool json)
        : filter_(std::move(filter)), limit_(limit), json_(json)
    {
    }

    void take(BytesView bytes)
    {
        const auto event = messaging::decode_event(parser_, bytes);
        if (!event || !filter_.lets_through(traits_of(*event))) return;
        ++printed_;
        std::cout << (json_ ? event_json(*event, JsonForm::one_line) : line_of(*event)) << '\n';
    }
    [[nodiscard]] bool is_done() const { return (limit_ && printed_ >= *limit_) || !std::cout; }

private:
    static EventTraits traits_of(const Event& event)
    {
        return {event.header.source, event.header.type, event.header.subject, event.header.time};
    }

    static std::string line_of(const Event& event)
    {
        const auto& header = event.header;
        return gonghui::to_string(header.time) + "  " + std::string(header.source) + '#' + std::to_string(header.seq) +
               "  " + std::string(header.type) + "  " + std::string(header.subject) + "  " + event_data_json(event);
    }

    EventFilter filter_;
    std::optional<std::int64_t> limit_;
    bool json_;
    std::int64_t printed_ = 0;
    codec::Parser parser_;
};

// One log, page by page.
class LogReader {
public:
    LogReader(const Session& session, Connection& connection, std::string service, std::int64_t partition)
        : session_(session), connection_(connection), service_(std::move(service)), partition_(partition)
    {
    }

    // Records behind `after`; empty when there are none. Views hold until the next call.
    std::vector<BytesView> page(std::int64_t after)
    {
        codec::Writer data;
        data.map(1);
        data.text("after_seq");
        data.integer(after);
        const auto asked =
            connection_.ask(connection_.to_partition(service_, "_log_read", partition_, data.take()), page_patience);
        if (!asked.reply) throw session_.failure(Exit::unavailable, text::nobody_answers, {service_});
        bytes_ = *asked.reply;
        const auto reply = messaging::decode_reply(parser_, bytes_);
        if (reply && reply->outcome == messaging::Outcome::retry)
            throw session_.failure(Exit::unavailable, text::nobody_answers, {service_});
        if (!reply || reply->outcome != messaging::Outcome::accepted)
            throw session_.failure(Exit::unavailable, text::cannot_read_log,
                                   {service_, reply ? std::string(reply->code) : reply.error()});
        const auto records = reply->data.find("records").value_or(codec::Value{});
        std::vector<BytesView> page;
        for (std::size_t i = 0; i < records.size(); ++i)
            page.push_back(records.element(i).binary().value_or(BytesView{}));
        return page;
    }

private:
    const Session& session_;
    Connection& connection_;
    std::string service_;
    std::int64_t partition_;
    Bytes bytes_;
    codec::Parser parser_;
};

void print_log(LogReader& reader, const LogOptions& options, Printer& printer)
{
    auto after = std::max<std::int64_t>(0, options.from - 1);
    while (!printer.is_done()) {
        const auto page = reader.page(after);
        if (page.empty()) return;
        for (const auto record : page) {
            // Sequence numbers are contiguous, so nothing need be decoded to know them.
            if (options.to && after >= *options.to) return;
            ++after;
            if (!printer.is_done()) printer.take(record);
        }
    }
}

}  // namespace

int tail(const Session& session, const TailOptions& options)
{
    auto plan = load_plan(session);
    if (!options.service.empty()) find_service(session, plan.services, options.service);
    Connection connection(session, std::move(plan));
    const auto follow = [&](const std::string& service) {
        connection.client().follow(messaging::topic_prefix(connection.plan().district, service));
    };
    if (options.service.empty())
        for (const auto& service : connection.plan().services) follow(service.name);
    else
        follow(options.service);

    EventFilter filter;
    filter.type = options.type;
    filter.subject = options.subject;
    Printer printer(std::move(filter), options.count, options.json);
    while (!printer.is_done()) {
        if (const auto event = connection.client().next_event(milliseconds(500))) printer.take(event->bytes);
        std::cout << std::flush;
        for (const auto& refusal : connection.client().take_refusals())
            throw session.failure(Exit::no_permission, text::may_not_follow, {refusal.what, refusal.code});
    }
    return 0;
}

int log(const Session& session, const LogOptions& options)
{
    const auto plan = load_plan(session);
    const auto& service = find_service(session, plan.services, options.service, options.partition);
    EventFilter filter;
    filter.type = options.type;
    filter.subject = options.subject;
    if (!options.since.empty()) {
        filter.since = parse_since(options.since, SystemClock().now());
        if (!filter.since) throw session.failure(Exit::usage, text::bad_since, {options.since});
    }
    Connection connection(session, plan);
    Printer printer(std::move(filter), options.limit, options.json);
    const auto first = options.partition.value_or(0);
    const auto last = options.partition.value_or(service.partitions - 1);
    for (auto partition = first; partition <= last && !printer.is_done(); ++partition) {
        LogReader reader(session, connection, service.name, partition);
        print_log(reader, options, printer);
    }
    return 0;
}

}  // namespace gonghui::ctl
