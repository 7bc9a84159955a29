#include "common/messaging/request.hpp"

#include "common/codec/scan.hpp"

#include <sodium.h>

#include <algorithm>

namespace gonghui::messaging {

namespace {

constexpr std::array<std::string_view, 5> outcome_names{"accepted", "refused", "invalid", "retry", "fault"};

void encode_at(codec::Writer& out, const At& at)
{
    out.map(3);
    out.text("source");
    out.text(at.source);
    out.text("epoch");
    out.integer(at.epoch);
    out.text("seq");
    out.integer(at.seq);
}

At read_at(codec::Value value, codec::Errors& errors)
{
    At at;
    codec::field(value, "source", at.source, errors);
    codec::field(value, "epoch", at.epoch, errors);
    codec::field(value, "seq", at.seq, errors);
    return at;
}

void encode_actor(codec::Writer& out, const Actor& actor)
{
    out.map(3);
    out.text("role");
    out.text(to_string(actor.role));
    out.text("person");
    out.binary(actor.person.view());
    out.text("place");
    out.binary(actor.place.view());
}

Actor read_actor(codec::Value value, codec::Errors& errors)
{
    Actor actor;
    std::string role;
    codec::field(value, "role", role, errors);
    if (const auto known = parse_role(role))
        actor.role = *known;
    else
        errors.add("unknown_value");
    std::optional<Uuid> person;
    std::optional<Uuid> place;
    codec::field(value, "person", person, errors);
    codec::field(value, "place", place, errors);
    actor.person = person.value_or(Uuid{});
    actor.place = place.value_or(Uuid{});
    return actor;
}

// Reads the map under `name`, if it is given, with `read`; its errors stand under that name.
template <class Read>
auto nested(codec::Value map, std::string_view name, codec::Errors& errors, Read read)
    -> std::optional<decltype(read(map, errors))>
{
    const auto value = map.find(name);
    if (!value || value->kind() == codec::Kind::nil) return std::nullopt;
    errors.enter(name);
    auto result = read(*value, errors);
    errors.leave();
    return result;
}

// Each attribute has a name, once: the hub, which reads a request from front to back, must see the one that is run.
bool names_are_distinct(codec::Value map)
{
    constexpr std::size_t most_attributes = 32;  // a later version may have some that are unknown here
    if (map.size() > most_attributes) return false;
    for (std::size_t i = 0; i < map.size(); ++i) {
        const auto name = map.key(i).text();
        if (!name) return false;
        for (std::size_t earlier = 0; earlier < i; ++earlier)
            if (map.key(earlier).text() == name) return false;
    }
    return true;
}

// The shape shared by every reply; `entries` beyond id, outcome and at.
void begin_reply(codec::Writer& out, const Uuid& request_id, Outcome outcome, const At& at, std::size_t entries)
{
    out.map(3 + entries);
    out.text("id");
    out.binary(request_id.view());
    out.text("outcome");
    out.text(to_string(outcome));
    out.text("at");
    encode_at(out, at);
}

void encode_facts(codec::Writer& out, const std::vector<Fact>& facts)
{
    out.text("facts");
    out.map(facts.size());
    for (const auto& fact : facts) {
        out.text(fact.name);
        if (const auto* number = std::get_if<std::int64_t>(&fact.value))
            out.integer(*number);
        else
            out.text(std::get<std::string>(fact.value));
    }
}

void encode_errors(codec::Writer& out, const std::vector<codec::FieldError>& errors)
{
    out.text("errors");
    out.array(errors.size());
    for (const auto& error : errors) {
        out.map(2);
        out.text("path");
        out.text(error.path);
        out.text("code");
        out.text(error.code);
    }
}

}  // namespace

std::string_view to_string(Outcome outcome)
{
    return outcome_names.at(static_cast<std::size_t>(outcome));
}

std::optional<Outcome> parse_outcome(std::string_view text)
{
    const auto* found = std::find(outcome_names.begin(), outcome_names.end(), text);
    if (found == outcome_names.end()) return std::nullopt;
    return static_cast<Outcome>(found - outcome_names.begin());
}

Bytes encode_request(const OutgoingRequest& request)
{
    codec::Writer out;
    const auto optional = [](const auto& value) {
        return value ? std::size_t{1} : std::size_t{0};
    };
    out.map(3 + optional(request.key) + optional(request.partition) + optional(request.actor) +
            optional(request.deadline) + optional(request.after) + (request.traceparent.empty() ? 0 : 1));
    out.text("id");
    out.binary(request.id.view());
    out.text("type");
    out.text(request.type);
    if (request.key) {
        out.text("key");
        out.binary(request.key->view());
    }
    if (request.partition) {
        out.text("partition");
        out.integer(*request.partition);
    }
    if (request.actor) {
        out.text("actor");
        encode_actor(out, *request.actor);
    }
    if (request.deadline) {
        out.text("deadline");
        out.integer(to_microseconds(*request.deadline));
    }
    if (request.after) {
        out.text("after");
        encode_at(out, *request.after);
    }
    if (!request.traceparent.empty()) {
        out.text("traceparent");
        out.text(request.traceparent);
    }
    out.text("data");
    if (request.data.empty())
        out.map(0);
    else
        out.raw(request.data);
    return out.take();
}

tl::expected<Request, std::vector<codec::FieldError>> decode_request(codec::Parser& parser, BytesView bytes,
                                                                     std::string_view caller)
{
    const auto fail = [](std::string_view code) {
        return tl::make_unexpected(std::vector<codec::FieldError>{{"", code}});
    };
    const auto root = parser.parse(bytes);
    if (!root) return fail("undecodable");
    if (root->kind() != codec::Kind::map) return fail("no_map");
    if (!names_are_distinct(*root)) return fail("unfit_names");

    Request request;
    codec::Errors errors;
    codec::field(*root, "id", request.id, errors);
    if (const auto type = root->find("type")) request.type = type->text().value_or("");
    if (request.type.empty()) {
        errors.enter("type");
        errors.add("missing");
        errors.leave();
    }
    codec::field(*root, "key", request.key, errors);
    codec::field(*root, "partition", request.partition, errors);
    codec::field(*root, "deadline", request.deadline, errors);
    request.after = nested(*root, "after", errors, read_at);
    if (const auto trace = root->find("traceparent")) request.traceparent = trace->text().value_or("");

    request.actor.role = Role::service;
    if (auto actor = nested(*root, "actor", errors, read_actor)) request.actor = std::move(*actor);
    request.actor.service = caller;

    const auto data = root->find("data");
    if (data && data->kind() == codec::Kind::map) {
        request.data = *data;
    } else {
        errors.enter("data");
        errors.add(data ? "no_map" : "missing");
        errors.leave();
    }
    if (!errors.empty()) return tl::make_unexpected(errors.list());
    return request;
}

Uuid id_of(BytesView request)
{
    codec::Scan scan(request);
    for (auto entries = scan.map().value_or(0); entries > 0; --entries) {
        const auto name = scan.text();
        if (name == "id") return Uuid::from_bytes(scan.binary().value_or(BytesView{})).value_or(Uuid{});
        if (!name || !scan.value()) break;
    }
    return {};
}

std::array<std::byte, 16> fingerprint(const Request& request)
{
    thread_local codec::Writer out;
    out.clear();
    out.text(request.type);
    if (request.key) out.binary(request.key->view());
    if (request.partition) out.integer(*request.partition);
    encode_actor(out, request.actor);
    out.value(request.data);
    const auto bytes = out.view();
    std::array<std::byte, 16> hash{};
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr, 0);
    return hash;
}

Reply Reply::refused(const Refusal& refusal)
{
    Reply reply;
    reply.outcome = Outcome::refused;
    reply.code = refusal.code;
    reply.facts = refusal.facts;
    return reply;
}

Reply Reply::invalid(std::string code, std::vector<codec::FieldError> errors)
{
    Reply reply;
    reply.outcome = Outcome::invalid;
    reply.code = std::move(code);
    reply.errors = std::move(errors);
    return reply;
}

Reply Reply::retry(std::string code, std::chrono::milliseconds after)
{
    Reply reply;
    reply.outcome = Outcome::retry;
    reply.code = std::move(code);
    reply.retry_after = after;
    return reply;
}

Reply Reply::fault(std::string code)
{
    Reply reply;
    reply.outcome = Outcome::fault;
    reply.code = std::move(code);
    return reply;
}

Bytes encode_reply(const Uuid& request_id, const Reply& reply, const At& at)
{
    codec::Writer out;
    const auto code = [&] {
        out.text("code");
        out.text(reply.code);
    };
    switch (reply.outcome) {
        case Outcome::accepted:
            begin_reply(out, request_id, reply.outcome, at, reply.data.empty() ? 0 : 1);
            if (!reply.data.empty()) {
                out.text("data");
                out.raw(reply.data);
            }
            break;
        case Outcome::refused:
            begin_reply(out, request_id, reply.outcome, at, 2);
            code();
            encode_facts(out, reply.facts);
            break;
        case Outcome::invalid:
            begin_reply(out, request_id, reply.outcome, at, 2);
            code();
            encode_errors(out, reply.errors);
            break;
        case Outcome::retry:
            begin_reply(out, request_id, reply.outcome, at, reply.facts.empty() ? 2 : 3);
            code();
            if (!reply.facts.empty()) encode_facts(out, reply.facts);
            out.text("retry_after_ms");
            out.integer(reply.retry_after.count());
            break;
        case Outcome::fault:
            begin_reply(out, request_id, reply.outcome, at, 1);
            code();
            break;
    }
    return out.take();
}

tl::expected<ReceivedReply, std::string> decode_reply(codec::Parser& parser, BytesView bytes)
{
    const auto root = parser.parse(bytes);
    if (!root) return tl::make_unexpected(root.error());
    ReceivedReply reply;
    codec::Errors errors;
    std::string outcome;
    std::optional<std::int64_t> retry_after;
    codec::field(*root, "id", reply.id, errors);
    codec::field(*root, "outcome", outcome, errors);
    reply.at = nested(*root, "at", errors, read_at).value_or(At{});
    codec::field(*root, "retry_after_ms", retry_after, errors);
    const auto known = parse_outcome(outcome);
    if (!errors.empty() || !known) return tl::make_unexpected("a reply lacks a sound id, outcome or at");
    reply.outcome = *known;
    reply.retry_after = std::chrono::milliseconds(retry_after.value_or(0));
    if (const auto code = root->find("code")) reply.code = code->text().value_or("");
    if (const auto data = root->find("data")) reply.data = *data;
    if (const auto facts = root->find("facts")) reply.facts = *facts;
    if (const auto list = root->find("errors")) reply.errors = *list;
    return reply;
}

}  // namespace gonghui::messaging
