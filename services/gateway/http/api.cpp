#include "services/gateway/http/api.hpp"

#include "common/bytes/base64.hpp"
#include "common/text/quotes.hpp"
#include "schemas/generated/training/codecs.hpp"
#include "schemas/json/to_json.hpp"
#include "services/gateway/domain/hopeless.hpp"

#include <algorithm>
#include <charconv>

namespace gonghui::gateway {

namespace {

using messaging::At;
using messaging::Outcome;
using schemas::Message;

// Shorter than the gateway's own patience with the bus.
constexpr std::chrono::seconds longest_wait{10};

// "331083/training/0@1:4711", as a reply's Gonghui-At says it.
std::string text_of(const At& at)
{
    return at.source + '@' + std::to_string(at.epoch) + ':' + std::to_string(at.seq);
}

std::optional<At> parse_at(std::string_view text)
{
    const auto sign = text.find('@');
    const auto colon = text.find(':', std::min(sign, text.size()));
    if (sign == text.npos || colon == text.npos) return std::nullopt;
    At at;
    at.source = text.substr(0, sign);
    const auto epoch = std::from_chars(text.data() + sign + 1, text.data() + colon, at.epoch);
    const auto seq = std::from_chars(text.data() + colon + 1, text.data() + text.size(), at.seq);
    if (epoch.ec != std::errc{} || seq.ec != std::errc{} || seq.ptr != text.data() + text.size()) return std::nullopt;
    return at;
}

std::string_view service_of(std::string_view source)
{
    const auto slash = source.find('/');
    if (slash == source.npos) return {};
    source.remove_prefix(slash + 1);
    return source.substr(0, source.find('/'));
}

// Whom a service can be level with: itself, and whom it follows.
bool can_wait_for(std::string_view service, std::string_view source)
{
    const auto other = service_of(source);
    if (other == service || (other == "registration" && service != "registration")) return true;
    return service == "notifications" && (other == "training" || other == "matchmaking");
}

// A request waits for one place; the last that its service can wait for, another's before its own: of its own
// everything is there that was answered.
std::optional<At> place_to_wait_for(std::string_view header, std::string_view service)
{
    std::optional<At> chosen;
    while (!header.empty()) {
        auto one = header.substr(0, header.find(','));
        header.remove_prefix(std::min(header.size(), one.size() + 1));
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        auto at = parse_at(one.substr(0, 96));
        if (!at || !can_wait_for(service, at->source)) continue;
        if (!chosen || service_of(at->source) != service) chosen = std::move(at);
    }
    return chosen;
}

std::vector<schemas::InputError> errors_in(const codec::Value& errors)
{
    std::vector<schemas::InputError> read;
    for (std::size_t i = 0; i < errors.size(); ++i) {
        const auto one = errors.element(i);
        const auto path = one.find("path");
        const auto code = one.find("code");
        if (!path || !code) continue;
        read.push_back({std::string(path->text().value_or("")), std::string(code->text().value_or(""))});
    }
    return read;
}

int status_of(const messaging::ReceivedReply& reply)
{
    switch (reply.outcome) {
        case Outcome::refused:
            return reply.code == "not_permitted" ? 403 : 409;
        case Outcome::invalid:
            return 422;
        case Outcome::retry:
            return 503;
        case Outcome::fault:
        case Outcome::accepted:
            break;
    }
    return 502;
}

// Addresses are written down by browsers and proxies, so nothing personal stands in one; and records do not fit.
bool fits_an_address(const Message& message)
{
    return std::none_of(message.data->fields.begin(), message.data->fields.end(), [](const schemas::Field& field) {
        const auto& type = field.type->shape == schemas::Shape::array ? *field.type->item : *field.type;
        return type.shape == schemas::Shape::personal || type.shape == schemas::Shape::record ||
               type.shape == schemas::Shape::parameters || type.shape == schemas::Shape::array;
    });
}

HttpResponse unreadable(std::vector<schemas::InputError> errors, Language language)
{
    if (errors.front().code == "not_json") return problem(400, "not_json", language);
    Problem problem;
    problem.status = 422;
    problem.code = "invalid_fields";
    problem.errors = std::move(errors);
    return to_response(problem, language);
}

HttpResponse not_sent(Bus::Asked asked, Language language)
{
    const bool is_in_progress = asked == Bus::Asked::in_progress;
    Problem problem;
    problem.status = 503;
    problem.code = is_in_progress ? "in_progress" : "overloaded";
    problem.retry_after = std::chrono::milliseconds(is_in_progress ? 200 : 1000);
    return to_response(problem, language);
}

HttpResponse accepted(const Message& message, const messaging::ReceivedReply& reply)
{
    HttpResponse response;
    response.headers.append("Gonghui-At: ").append(text_of(reply.at)).append("\r\nCache-Control: no-store\r\n");
    if (reply.data.kind() == codec::Kind::map)
        schemas::append_json(response.body, *message.reply, reply.data);
    else
        response.body = "{}";
    return response;
}

// Answers say which tap they are to.
Respond naming(const Uuid& id, const Respond& answer)
{
    return [answer, id](HttpResponse&& response) {
        response.headers.append("Idempotency-Key: ").append(gonghui::to_string(id)).append("\r\n");
        answer(std::move(response));
    };
}

}  // namespace

HttpResponse not_accepted(const Answered& answered, std::string_view service, Language language)
{
    Problem problem;
    problem.retry_after = std::chrono::seconds(1);
    if (answered.reply == nullptr) {
        problem.status = 503;
        problem.code = "no_answer";
        return to_response(problem, language);
    }
    const auto& reply = *answered.reply;
    problem.status = status_of(reply);
    problem.code = reply.code;
    problem.retry_after = reply.outcome == Outcome::retry ? std::max(reply.retry_after, std::chrono::milliseconds(20))
                                                          : std::chrono::milliseconds(0);
    if (const auto* words = schemas::find_refusal(service, reply.code)) problem.detail = words->in(language);
    if (reply.facts.kind() == codec::Kind::map && reply.facts.size() > 0)
        schemas::append_json(problem.facts, reply.facts);
    problem.errors = errors_in(reply.errors);
    problem.ticket = to_base64url(answered.ticket);
    auto response = to_response(problem, language);
    response.headers.append("Gonghui-At: ").append(text_of(reply.at)).append("\r\n");
    return response;
}

Api::Api(Bus& bus, const Board& board, Refusals& refusals, Clock& clock, Random& random, Figures& figures)
    : bus_(bus), board_(board), refusals_(refusals), clock_(clock), random_(random), figures_(figures)
{
    const auto messages = schemas::messages();
    names_.reserve(messages.size());
    for (const auto& message : messages) {
        if (message.kind == schemas::Kind::event || !is_for_people(message.rights)) continue;
        const auto& name = names_.emplace_back(std::string(message.service) + '/' +
                                               std::string(message.type.substr(message.service.size() + 1)));
        routes_.emplace(name, &message);
    }
}

// What the service would refuse; nullopt: it has to be asked.
std::optional<HttpResponse> Api::turned_away(BytesView data, const Caller& caller, Language language)
{
    training::Enroll command;
    codec::Errors errors;
    const auto value = parser_.parse(data);
    if (!value) return std::nullopt;
    decode(*value, command, errors);
    const bool is_for_self = errors.empty() && command.person_id.uuid == caller.actor.person;
    if (!is_for_self) return std::nullopt;
    const auto refusal = hopeless(board_.class_with(command.class_id), command.campaign_id,
                                  board_.has_place(command.person_id, command.class_id), clock_.now());
    if (!refusal) return std::nullopt;
    refusals_.count(command.campaign_id, refusal->code);
    ++figures_.turned_away;
    Problem problem;
    problem.status = 409;
    problem.code = refusal->code;
    if (const auto* words = schemas::find_refusal("training", refusal->code)) problem.detail = words->in(language);
    for (const auto& fact : refusal->facts) {
        problem.facts.append(problem.facts.empty() ? "{" : ",");
        append_in_quotes(problem.facts, fact.name);
        problem.facts += ':';
        append_in_quotes(problem.facts, gonghui::to_string(from_microseconds(std::get<std::int64_t>(fact.value))));
    }
    problem.facts += '}';
    return to_response(problem, language);
}

const Message* Api::find(std::string_view service_and_message) const
{
    const auto found = routes_.find(service_and_message);
    return found == routes_.end() ? nullptr : found->second;
}

void Api::ask(const Message& message, const Caller& caller, const HttpRequest& request, const Respond& answer)
{
    const auto language = request.language;
    const bool is_command = message.kind == schemas::Kind::command;
    const auto tap = is_command ? Uuid::parse(request.idempotency_key) : std::nullopt;
    const auto respond = tap ? naming(*tap, answer) : answer;
    const bool has_body = is_command || !fits_an_address(message);
    if (request.method != (has_body ? Method::post : Method::get))
        return respond(not_allowed(has_body ? "POST" : "GET, HEAD", language));
    if (has_body && !request.has_json()) return respond(problem(415, "not_json", language));
    if (is_command && !tap) return respond(problem(422, "no_idempotency_key", language));
    messaging::OutgoingRequest outgoing;
    outgoing.id = tap ? *tap : make_ordered_uuid(clock_.now(), random_);
    // A worker asks about themself; an officer says about whom.
    const auto self = caller.actor.role == Role::worker ? caller.actor.person : Uuid{};
    auto input =
        has_body ? schemas::from_json(message, request.body, self) : schemas::from_query(message, request.query, self);
    if (!input) return respond(unreadable(std::move(input.error()), language));
    if (outgoing.type = message.type; outgoing.type == training::Enroll::type && caller.actor.role == Role::worker)
        if (auto refused = turned_away(input->data, caller, language)) return respond(std::move(*refused));
    outgoing.key = input->key;
    const auto campaign = outgoing.type == training::Enroll::type ? outgoing.key : std::nullopt;
    outgoing.data = std::move(input->data);
    outgoing.actor = caller.actor;
    outgoing.deadline = clock_.now() + longest_wait;
    if (!request.after.empty()) outgoing.after = place_to_wait_for(request.after, message.service);
    const auto asked =
        bus_.ask(outgoing, from_base64url(request.ticket.substr(0, 512)).value_or(Bytes{}),
                 [this, &message, language, respond, campaign](const Answered& answered) {
                     const bool is_accepted = answered.reply != nullptr && answered.reply->outcome == Outcome::accepted;
                     if (campaign && answered.reply != nullptr && answered.reply->outcome == Outcome::refused)
                         refusals_.count(CampaignId(*campaign), answered.reply->code);
                     respond(is_accepted ? accepted(message, *answered.reply)
                                         : not_accepted(answered, message.service, language));
                 });
    if (asked != Bus::Asked::sent) respond(not_sent(asked, language));
}

}  // namespace gonghui::gateway
