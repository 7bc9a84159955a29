#include "services/ctl/app/export.hpp"

#include "schemas/generated/registration/codecs.hpp"
#include "services/ctl/app/actor_option.hpp"
#include "services/ctl/app/connection.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/app/json_output.hpp"
#include "services/ctl/domain/table.hpp"
#include "services/ctl/domain/texts.hpp"

#include <filesystem>
#include <iostream>

namespace gonghui::ctl {

namespace {

using messaging::Outcome;
using process::Exit;

// Where the personal data comes from, and where looks are kept.
constexpr std::string_view registration_service = "registration";

// Who is asked about, and by which right.
struct Inquiry {
    PersonId person;
    std::optional<LookId> look;  // none: registration holds nothing that is sealed
    messaging::At since;         // everybody is level with registration as it was then
    milliseconds patience{};
};

messaging::OutgoingRequest look_request(Connection& connection, const registration::UnmaskMember& command)
{
    codec::Writer data;
    encode(data, command);
    messaging::OutgoingRequest request;
    request.id = connection.new_request_id();
    request.type = registration::UnmaskMember::type;
    request.key = command.key();
    request.data = data.take();
    return request;
}

// Before anything is shown it stands in registration's log who looks, and why.
Inquiry begin(const Session& session, Connection& connection, const PersonId& person, const ExportOptions& options)
{
    const LookId look(connection.new_request_id());
    Inquiry inquiry{person, look, {}, std::chrono::seconds(options.timeout_seconds)};
    const auto request = look_request(connection, {look, person, "export: " + options.reason});
    const auto asked = connection.ask(request, inquiry.patience);
    if (!asked.reply) throw session.failure(Exit::unavailable, text::nobody_answers, {registration_service});
    codec::Parser parser;
    const auto reply = messaging::decode_reply(parser, *asked.reply);
    if (!reply) throw session.failure(Exit::software, text::bad_reply, {reply.error()});
    if (reply->outcome == Outcome::retry)
        throw session.failure(Exit::unavailable, text::nobody_answers, {registration_service});
    if (reply->outcome == Outcome::refused && reply->code == registration::refusal::unknown_person)
        inquiry.look.reset();
    else if (reply->outcome != Outcome::accepted)
        throw session.failure(Exit::unavailable, text::not_exported,
                              {registration_service, session.refusal(registration_service, reply->code)});
    inquiry.since = reply->at;
    return inquiry;
}

// `after` is the `next` of the page before.
messaging::OutgoingRequest page_request(Connection& connection, const Inquiry& inquiry, const std::string& service,
                                        std::int64_t partition, const std::optional<Uuid>& after)
{
    const bool shows_look = service == registration_service && inquiry.look;
    codec::Writer data;
    data.map(1U + (shows_look ? 1U : 0U) + (after ? 1U : 0U));
    data.text("person_id");
    data.binary(inquiry.person.uuid.view());
    if (shows_look) {
        data.text("look_id");
        data.binary(inquiry.look->uuid.view());
    }
    if (after) {
        data.text("after");
        data.binary(after->view());
    }
    auto request = connection.to_partition(service, "held_about", partition, data.take());
    request.after = inquiry.since;
    // Registration answers the looker; what the others hold they show to the person alone, in whose name we ask.
    if (service != registration_service) request.actor = Actor{Role::worker, inquiry.person.uuid, {}, {}};
    return request;
}

// Appends all pages of one partition; otherwise why they are not to be had.
std::optional<std::string> collect(const Session& session, Connection& connection, const Inquiry& inquiry,
                                   std::int64_t partition, HeldPart& part)
{
    std::optional<Uuid> after;
    do {
        const auto asked =
            connection.ask(page_request(connection, inquiry, part.service, partition, after), inquiry.patience);
        if (!asked.reply) return session.say(text::no_answer);
        codec::Parser parser;
        const auto reply = messaging::decode_reply(parser, *asked.reply);
        if (!reply) return session.say(text::bad_reply, {reply.error()});
        if (reply->outcome == Outcome::retry) return session.say(text::no_answer);
        if (reply->outcome != Outcome::accepted) return session.refusal(part.service, reply->code);
        after.reset();
        if (const auto next = reply->data.find("next")) after = Uuid::from_bytes(next->binary().value_or(BytesView{}));
        part.pages.push_back(*asked.reply);
    } while (after);
    return std::nullopt;
}

// Everything of everybody, or nothing: who does not answer is named.
std::optional<std::vector<HeldPart>> collect_all(const Session& session, Connection& connection, const Inquiry& inquiry)
{
    std::vector<HeldPart> parts;
    bool is_whole = true;
    for (const auto& service : connection.plan().services) {
        auto& part = parts.emplace_back(HeldPart{service.name, {}});
        for (std::int64_t partition = 0; partition < service.partitions; ++partition)
            if (const auto why = collect(session, connection, inquiry, partition, part)) {
                std::cerr << session.say(text::not_exported, {service.name, *why}) << '\n';
                is_whole = false;
            }
    }
    if (!is_whole) return std::nullopt;
    return parts;
}

void print_counts(const Session& session, const HeldCopy& copy)
{
    Table table({{session.say(text::title_service)}, {session.say(text::title_held)}, {"", Align::right}});
    for (const auto& count : copy.counts) table.row({count.service, count.what, grouped(count.entries)});
    std::cout << table.render();
}

}  // namespace

int export_person(const Session& session, const ExportOptions& options)
{
    const PersonId person(read_uuid(session, "person", options.person));
    const std::filesystem::path file = options.output.empty() ? to_string(person) + ".json" : options.output;
    require_new(session, file);

    Connection connection(session);
    const auto inquiry = begin(session, connection, person, options);
    const auto parts = collect_all(session, connection, inquiry);
    if (!parts) throw session.failure(Exit::unavailable, text::nothing_exported);
    const auto copy = held_copy({person.uuid, connection.clock().now(), options.reason}, *parts);
    if (copy.counts.empty()) {
        std::cout << session.say(text::nothing_held) << '\n';
        return exit_code::accepted;
    }
    write_new_file(session, file, copy.json, Privacy::secret);
    print_counts(session, copy);
    std::cout << session.say(text::exported, {file.native()}) << '\n';
    return exit_code::accepted;
}

}  // namespace gonghui::ctl
