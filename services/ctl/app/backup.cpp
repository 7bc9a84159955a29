#include "services/ctl/app/backup.hpp"

#include "services/ctl/app/connection.hpp"
#include "services/ctl/app/fields.hpp"
#include "services/ctl/domain/table.hpp"
#include "services/ctl/domain/texts.hpp"

#include <iostream>
#include <thread>

namespace gonghui::ctl {

namespace {

using messaging::Outcome;
using process::Exit;
using std::chrono::seconds;

constexpr milliseconds patience{10'000};
constexpr milliseconds between_looks{200};

// Calls `visit(service, partition)` for each that is meant. Throws Failure when none is.
template <class Visit>
void each_partition(const Session& session, Connection& connection, const std::string& service, Visit visit)
{
    std::string known;
    bool found = false;
    for (const auto& one : connection.plan().services) {
        known += (known.empty() ? "" : ", ") + one.name;
        if (!service.empty() && service != one.name) continue;
        found = true;
        for (std::int64_t partition = 0; partition < one.partitions; ++partition) visit(one.name, partition);
    }
    if (!found) throw session.failure(Exit::usage, text::unknown_service, {service, known});
}

// One request that must be answered; `visit(reply)` while the reply lives.
template <class Visit>
auto answered(const Session& session, Connection& connection, const messaging::OutgoingRequest& request, Visit visit)
{
    const auto asked = connection.ask(request, patience);
    if (!asked.reply) throw session.failure(Exit::unavailable, text::nobody_answers, {request.type});
    codec::Parser parser;
    const auto reply = messaging::decode_reply(parser, *asked.reply);
    if (!reply) throw session.failure(Exit::software, text::bad_reply, {reply.error()});
    if (reply->outcome == Outcome::retry)
        throw session.failure(Exit::unavailable, text::nobody_answers, {request.type});
    if (reply->outcome != Outcome::accepted && reply->outcome != Outcome::refused)
        throw session.failure(Exit::unavailable, text::bad_reply, {reply->code});
    return visit(*reply);
}

struct Progress {
    bool under_way = false;
    std::string file;
    std::string error;
};

Progress look(const Session& session, Connection& connection, const std::string& service, std::int64_t partition)
{
    return answered(session, connection, connection.to_partition(service, "_status", partition), [](const auto& reply) {
        const auto backup = field(reply.data, "backup");
        return Progress{field(backup, "under_way").boolean().value_or(false), text_of(backup, "file"),
                        text_of(backup, "error")};
    });
}

// Begins one copy and waits until it stands, checked, under its name.
bool back_up(const Session& session, Connection& connection, const BackupOptions& options, const std::string& service,
             std::int64_t partition)
{
    codec::Writer data;
    data.map(1);
    data.text("keep");
    data.integer(options.keep);
    const auto name = service + '/' + std::to_string(partition);
    answered(session, connection, connection.to_partition(service, "_backup", partition, data.take()),
             [&](const auto& reply) {
                 if (reply.outcome == Outcome::refused)
                     throw session.failure(Exit::unavailable, text::backup_not_begun, {name, reply.code});
             });
    const auto give_up = std::chrono::steady_clock::now() + seconds(options.timeout_seconds);
    auto progress = look(session, connection, service, partition);
    while (progress.under_way && std::chrono::steady_clock::now() < give_up) {
        std::this_thread::sleep_for(between_looks);
        progress = look(session, connection, service, partition);
    }
    if (progress.under_way) throw session.failure(Exit::unavailable, text::backup_takes_long, {name});
    if (progress.error.empty())
        std::cout << session.say(text::backup_made, {name, progress.file}) << std::endl;
    else
        std::cerr << session.say(text::backup_failed, {name, progress.error}) << std::endl;
    return progress.error.empty();
}

std::string type_of(BytesView event)
{
    codec::Parser parser;
    const auto decoded = messaging::decode_event(parser, event);
    return decoded ? std::string(decoded->header.dataschema) : "?";
}

void add_fork(const Session& session, Table& table, const std::string& partition, codec::Value fork)
{
    const auto kept = number_of(fork, "kept");
    const auto reactions = field(fork, "reactions");
    const auto vanished = std::to_string(kept + 1) + '-' + std::to_string(number_of(fork, "was_at"));
    table.row({partition, text_of(fork, "source"), std::to_string(number_of(fork, "epoch")), vanished,
               gonghui::to_string(from_microseconds(number_of(fork, "at"))),
               reactions.size() == 0 ? session.say(text::no_reactions) : std::string()});
    for (std::size_t i = 0; i < reactions.size(); ++i) {
        const auto bytes = reactions.element(i).binary().value_or(BytesView{});
        codec::Parser parser;
        const auto event = messaging::decode_event(parser, bytes);
        table.row({"", "", "", "", "",
                   (event ? std::to_string(event->header.seq) + ' ' : "") + type_of(bytes) +
                       (event ? ' ' + std::string(event->header.subject) : "")});
    }
}

}  // namespace

int backup(const Session& session, const BackupOptions& options)
{
    Connection connection(session);
    bool all_made = true;
    each_partition(session, connection, options.service, [&](const std::string& service, std::int64_t partition) {
        all_made = back_up(session, connection, options, service, partition) && all_made;
    });
    return all_made ? 0 : exit_code::fault;
}

int forks(const Session& session, const ForksOptions& options)
{
    Connection connection(session);
    Table table({{session.say(text::title_partition)},
                 {session.say(text::title_source)},
                 {session.say(text::title_epoch), Align::right},
                 {session.say(text::title_vanished), Align::right},
                 {session.say(text::title_since)},
                 {session.say(text::title_reactions)}});
    each_partition(session, connection, options.service, [&](const std::string& service, std::int64_t partition) {
        answered(session, connection, connection.to_partition(service, "_forks_list", partition),
                 [&](const auto& reply) {
                     const auto list = field(reply.data, "forks");
                     for (std::size_t i = 0; i < list.size(); ++i)
                         add_fork(session, table, service + '/' + std::to_string(partition), list.element(i));
                 });
    });
    std::cout << (table.empty() ? session.say(text::no_forks) + '\n' : table.render());
    return 0;
}

}  // namespace gonghui::ctl
