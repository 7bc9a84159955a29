#include "services/ctl/app/parked.hpp"

#include "services/ctl/app/hub_view.hpp"
#include "services/ctl/domain/table.hpp"
#include "services/ctl/domain/texts.hpp"

#include <functional>
#include <iostream>
#include <vector>

namespace gonghui::ctl {

namespace {

using messaging::Outcome;
using process::Exit;

constexpr milliseconds patience{10'000};
constexpr milliseconds list_patience{3'000};  // for each partition

// A reply that was accepted or refused; its views hold while it lives, also where it is moved to.
struct Answer {
    Bytes bytes;
    codec::Parser parser;
    messaging::ReceivedReply reply;
};

// To one request of the bus's own; else why there is none, in a sentence.
tl::expected<Answer, std::string> ask(const Session& session, Connection& connection,
                                      const messaging::OutgoingRequest& request, milliseconds how_long)
{
    const auto whom = connection.plan().district + '/' + request.type.substr(0, request.type.find('.')) + '/' +
                      std::to_string(request.partition.value_or(0));
    auto asked = connection.ask(request, how_long);
    if (!asked.reply) return tl::make_unexpected(session.say(text::nobody_answers, {whom}));
    Answer answer;
    answer.bytes = std::move(*asked.reply);
    const auto reply = messaging::decode_reply(answer.parser, answer.bytes);
    if (!reply) return tl::make_unexpected(whom + ": " + session.say(text::bad_reply, {reply.error()}));
    // It was asked again until the patience was over: nobody holds the partition.
    if (reply->outcome == Outcome::retry) return tl::make_unexpected(session.say(text::nobody_answers, {whom}));
    if (reply->outcome != Outcome::accepted && reply->outcome != Outcome::refused)
        return tl::make_unexpected(whom + ": " + session.say(text::bad_reply, {reply->code}));
    answer.reply = *reply;
    return answer;
}

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

// Asks for what shall become of one parked event, and tells what became of it.
int settle(const Session& session, const ParkedOptions& options, std::string_view name,
           const std::function<std::string(codec::Value)>& done)
{
    Connection connection(session);
    find_service(session, services_at(connection), options.service, options.partition);
    const auto answer = ask(session, connection, request_of(connection, options, name), patience);
    if (!answer) throw process::Failure(Exit::unavailable, answer.error());
    const auto& reply = answer->reply;
    if (reply.outcome == Outcome::accepted) {
        std::cout << done(reply.data) << '\n';
        return exit_code::accepted;
    }
    std::cerr << (reply.code == "not_parked" ? session.say(text::not_parked) : std::string(reply.code)) << '\n';
    return exit_code::refused;
}

}  // namespace

int parked_list(const Session& session, const ParkedListOptions& options)
{
    Connection connection(session);
    const auto services = services_at(connection);
    if (!options.service.empty()) find_service(session, services, options.service);
    Table table({{session.say(text::title_partition)},
                 {session.say(text::title_source)},
                 {session.say(text::title_number), Align::right},
                 {session.say(text::title_type)},
                 {session.say(text::title_lane)},
                 {session.say(text::title_reason)},
                 {session.say(text::title_detail)},
                 {session.say(text::title_since)}});
    std::vector<std::string> problems;  // one who is silent must not hide what the others have parked
    for (const auto& service : services) {
        if (!options.service.empty() && options.service != service.name) continue;
        for (std::int64_t partition = 0; partition < service.partitions; ++partition) {
            const auto request = connection.to_partition(service.name, "_parked_list", partition);
            const auto answer = ask(session, connection, request, list_patience);
            if (!answer)
                problems.push_back(answer.error());
            else if (answer->reply.outcome != Outcome::accepted)
                problems.push_back(request.type + ": " + std::string(answer->reply.code));
            else
                add_rows(table, service.name + '/' + std::to_string(partition),
                         answer->reply.data.find("events").value_or(codec::Value{}));
        }
    }
    if (!table.empty())
        std::cout << table.render();
    else if (problems.empty())
        std::cout << session.say(text::nothing_parked) << '\n';
    for (const auto& problem : problems) std::cerr << problem << '\n';
    return problems.empty() ? exit_code::accepted : exit_code::not_all;
}

int parked_retry(const Session& session, const ParkedOptions& options)
{
    return settle(session, options, "_parked_retry", [&](codec::Value data) {
        return session.say(text::retried, {std::to_string(number_of(data, "settled"))});
    });
}

int parked_drop(const Session& session, const ParkedOptions& options)
{
    return settle(session, options, "_parked_drop", [&](codec::Value) { return session.say(text::dropped); });
}

}  // namespace gonghui::ctl
