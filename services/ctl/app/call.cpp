#include "services/ctl/app/call.hpp"

#include "common/text/nearest.hpp"
#include "services/ctl/app/actor_option.hpp"
#include "services/ctl/app/call_trace.hpp"
#include "services/ctl/app/connection.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/app/json_input.hpp"
#include "services/ctl/app/json_output.hpp"
#include "services/ctl/app/known_messages.hpp"
#include "services/ctl/domain/texts.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <iterator>

namespace gonghui::ctl {

namespace {

using messaging::Outcome;
using process::Exit;

std::string read_data(const Session& session, const std::string& given)
{
    if (given == "-") return std::string{std::istreambuf_iterator<char>(std::cin), {}};
    if (given.starts_with('@')) return read_file(session, given.substr(1));
    return given;
}

messaging::At parse_after(const Session& session, std::string_view text)
{
    const auto at_sign = text.rfind('@');
    const auto colon = text.rfind(':');
    messaging::At at;
    const auto number = [&](std::string_view part, std::int64_t& out) {
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), out);
        return error == std::errc() && end == part.data() + part.size();
    };
    const bool is_sound = at_sign != std::string_view::npos && colon != std::string_view::npos && at_sign < colon &&
                          number(text.substr(at_sign + 1, colon - at_sign - 1), at.epoch) &&
                          number(text.substr(colon + 1), at.seq);
    if (!is_sound) throw session.failure(Exit::usage, text::bad_after);
    at.source = text.substr(0, at_sign);
    return at;
}

// "training._status": no schema describes it.
bool is_of_the_bus(std::string_view type)
{
    return type.find("._") != std::string_view::npos;
}

[[noreturn]] void refuse_type(const Session& session, const KnownMessages& messages, const std::string& type)
{
    std::vector<std::string_view> known;
    for (const auto* message : messages.all())
        if (message->kind != schemas::Kind::event) known.push_back(message->type);
    if (const auto meant = nearest(type, known))
        throw session.failure(Exit::usage, text::unknown_type_meant, {type, *meant});
    throw session.failure(Exit::usage, text::unknown_type, {type});
}

void print_problems(const Session& session, const std::vector<InputProblem>& problems)
{
    for (const auto& problem : problems)
        std::cerr << (problem.path.empty() ? "" : problem.path + ": ") << session.say(problem.why, {problem.detail})
                  << '\n';
}

// False: the data is not of the message's form, and the reasons are told.
bool fill(const Session& session, const schemas::Message* message, const std::string& json,
          messaging::OutgoingRequest& request)
{
    if (message == nullptr) {
        auto data = read_plain(json);
        if (!data) return print_problems(session, data.error()), false;
        request.data = std::move(*data);
        return true;
    }
    auto input = read_message(*message, json);
    if (!input) return print_problems(session, input.error()), false;
    request.data = std::move(input->data);
    request.key = input->key;
    return true;
}

int exit_of(Outcome outcome)
{
    switch (outcome) {
        case Outcome::accepted:
            return exit_code::accepted;
        case Outcome::refused:
            return exit_code::refused;
        case Outcome::invalid:
            return exit_code::invalid;
        case Outcome::retry:
            return exit_code::retry;
        case Outcome::fault:
            break;
    }
    return exit_code::fault;
}

// Where it goes: as it is, or, a query that is about no key, to every partition.
std::vector<std::optional<std::int64_t>> partitions_for(const messaging::OutgoingRequest& request,
                                                        const schemas::Message* message, const DistrictPlan& plan)
{
    if (message == nullptr || message->kind != schemas::Kind::query || request.key || request.partition)
        return {request.partition};
    std::vector<std::optional<std::int64_t>> all;
    for (const auto& service : plan.services)
        if (request.type.starts_with(service.name + '.'))
            for (std::int64_t one = 0; one < service.partitions; ++one) all.emplace_back(one);
    if (all.size() <= 1) return {request.partition};
    return all;
}

// Asks, and prints the reply.
int ask(const Session& session, Connection& connection, messaging::OutgoingRequest& request,
        const KnownMessages& messages, const schemas::Message* message, const CallOptions& options)
{
    CallTrace trace(session, connection.plan(), options.is_traced, request);
    const auto asked = connection.ask(request, std::chrono::seconds(options.timeout_seconds));
    if (!asked.reply) throw session.failure(Exit::unavailable, text::nobody_answers, {options.type});
    codec::Parser parser;
    const auto reply = messaging::decode_reply(parser, *asked.reply);
    if (!reply) throw session.failure(Exit::software, text::bad_reply, {reply.error()});
    trace.end(reply->outcome, reply->code);
    const auto* wording = message == nullptr ? nullptr : messages.find_refusal(message->service, reply->code);
    std::cout << reply_json(*reply, message, wording, session.language,
                            options.compact ? JsonForm::one_line : JsonForm::indented)
              << '\n';
    return exit_of(reply->outcome);
}

}  // namespace

int call(const Session& session, const CallOptions& options)
{
    const KnownMessages messages(session);
    const auto* message = messages.find_request(options.type);
    if (message == nullptr && !is_of_the_bus(options.type)) refuse_type(session, messages, options.type);

    messaging::OutgoingRequest request;
    request.type = options.type;
    if (!fill(session, message, read_data(session, options.data), request)) return exit_code::invalid;
    if (!options.key.empty()) request.key = read_uuid(session, "--key", options.key);
    request.actor = read_actor(session, options.actor);
    if (!options.after.empty()) request.after = parse_after(session, options.after);
    request.partition = options.partition;

    Connection connection(session);
    const auto id = options.id.empty() ? std::nullopt : std::optional(read_uuid(session, "--id", options.id));
    int worst = exit_code::accepted;
    for (const auto& partition : partitions_for(request, message, connection.plan())) {
        request.id = id.value_or(connection.new_request_id());
        request.partition = partition;
        worst = std::max(worst, ask(session, connection, request, messages, message, options));
    }
    return worst;
}

}  // namespace gonghui::ctl
