#include "services/ctl/app/parked.hpp"

#include "services/ctl/app/connection.hpp"
#include "services/ctl/domain/table.hpp"
#include "services/ctl/domain/texts.hpp"

#include <iostream>

namespace gonghui::ctl {

namespace {

using messaging::Outcome;
using process::Exit;

constexpr milliseconds patience{10'000};

// The reply to one request, which must be accepted or refused. Throws Failure.
class Answer {
public:
    Answer(const Session& session, Connection& connection, const messaging::OutgoingRequest& request)
    {
        const auto asked = connection.ask(request, patience);
        if (!asked.reply) throw session.failure(Exit::unavailable, text::nobody_answers, {request.type});
        bytes_ = *asked.reply;
        auto reply = messaging::decode_reply(parser_, bytes_);
        if (!reply) throw session.failure(Exit::software, text::bad_reply, {reply.error()});
        if (reply->outcome != Outcome::accepted && reply->outcome != Outcome::refused)
            throw session.failure(Exit::unavailable, text::bad_reply, {reply->code});
        reply_ = *reply;
    }
    [[nodiscard]] const messaging::ReceivedReply& reply() const { return reply_; }

private:
    Bytes bytes_;
    codec::Parser parser_;
    messaging::ReceivedReply reply_;
};

std::string text_of(codec::Value map, std::string_view name)
{
    return std::string(map.find(name).value_or(codec::Value{}).text().value_or(""));
}

std::int64_t number_of(codec::Value map, std::string_view name)
{
    return map.find(name).value_or(codec::Value{}).integer().value_or(0);
}

std::string type_of(codec::Value event)
{
    codec::Parser parser;
    const auto decoded = messaging::decode_event(parser, event.binary().value_or(BytesView{}));
    return decoded ? std::string(decoded->header.dataschema) : "?";
}

void add_rows(Table& table, const std::string& partition, codec::Value events)
{
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto event = events.element(i);
        table.row({partition, text_of(event, "source"), std::to_string(number_of(event, "seq")),
                   type_of(event.find("event").value_or(codec::Value{})), text_of(event, "lane"),
                   text_of(event, "reason"), text_of(event, "detail"),
                   gonghui::to_string(from_microseconds(number_of(event, "parked_at")))});
    }
}

messaging::OutgoingRequest request_of(Connection& connection, const ParkedOptions& options, std::string_view name)
{
    codec::Writer data;
    data.map(3);
    data.text("source");
    data.text(options.source);
    data.text("seq");
    data.integer(options.seq);
    data.text("reason");
    data.text(options.reason);
    return connection.to_partition(options.service, name, options.partition, data.take());
}

int conclude(const Session& session, const messaging::ReceivedReply& reply, const std::string& done)
{
    if (reply.outcome == Outcome::accepted) {
        std::cout << done << '\n';
        return exit_code::accepted;
    }
    std::cerr << session.say(text::not_parked) << '\n';
    return exit_code::refused;
}

}  // namespace

int parked_list(const Session& session, const ParkedListOptions& options)
{
    Connection connection(session);
    Table table({{session.say(text::title_partition)},
                 {session.say(text::title_source)},
                 {session.say(text::title_number), Align::right},
                 {session.say(text::title_type)},
                 {session.say(text::title_lane)},
                 {session.say(text::title_reason)},
                 {session.say(text::title_detail)},
                 {session.say(text::title_since)}});
    for (const auto& service : connection.plan().services) {
        if (!options.service.empty() && options.service != service.name) continue;
        for (std::int64_t partition = 0; partition < service.partitions; ++partition) {
            const Answer answer(session, connection, connection.to_partition(service.name, "_parked_list", partition));
            add_rows(table, service.name + '/' + std::to_string(partition),
                     answer.reply().data.find("events").value_or(codec::Value{}));
        }
    }
    std::cout << (table.empty() ? session.say(text::nothing_parked) + '\n' : table.render());
    return 0;
}

int parked_retry(const Session& session, const ParkedOptions& options)
{
    Connection connection(session);
    const Answer answer(session, connection, request_of(connection, options, "_parked_retry"));
    const auto settled = number_of(answer.reply().data, "settled");
    return conclude(session, answer.reply(), session.say(text::retried, {std::to_string(settled)}));
}

int parked_drop(const Session& session, const ParkedOptions& options)
{
    Connection connection(session);
    const Answer answer(session, connection, request_of(connection, options, "_parked_drop"));
    return conclude(session, answer.reply(), session.say(text::dropped));
}

}  // namespace gonghui::ctl
