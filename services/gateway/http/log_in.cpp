#include "services/gateway/http/log_in.hpp"

#include "common/process/log.hpp"
#include "common/text/quotes.hpp"
#include "schemas/generated/gateway/codecs.hpp"
#include "schemas/generated/notifications/codecs.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "schemas/json/to_json.hpp"
#include "services/gateway/app/wiring.hpp"
#include "services/gateway/domain/totp.hpp"

#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

namespace gonghui::gateway {

namespace {

using nlohmann::json;
using registration::PersonByPhone;

constexpr std::size_t longest_field = 1024;

// The texts of a small object; anything else in it is passed over.
class Form {
public:
    explicit Form(std::string_view body) : fields_(json::parse(body, nullptr, false)) {}

    [[nodiscard]] bool is_object() const { return fields_.is_object(); }
    [[nodiscard]] std::string text(const char* name) const
    {
        const auto found = fields_.find(name);
        if (found == fields_.end() || !found->is_string()) return {};
        auto text = found->get<std::string>();
        return text.size() > longest_field ? std::string() : text;
    }

private:
    json fields_;
};

HttpResponse missing(std::initializer_list<std::string_view> fields, Language language)
{
    Problem problem;
    problem.status = 422;
    problem.code = "invalid_fields";
    for (const auto field : fields) problem.errors.push_back({std::string(field), "missing"});
    return to_response(problem, language);
}

std::optional<registration::PersonByPhoneReply> read(const messaging::ReceivedReply& reply)
{
    registration::PersonByPhoneReply read;
    codec::Errors errors;
    decode(reply.data, read, errors);
    return errors.empty() ? std::optional(std::move(read)) : std::nullopt;
}

void append_member(std::string& out, std::string_view name, std::string_view text)
{
    if (out.back() != '{') out += ',';
    append_in_quotes(out, name);
    out += ':';
    append_in_quotes(out, text);
}

void append_role(std::string& out, ActingAs role, const Uuid& place, std::string_view name)
{
    out += '{';
    append_member(out, "role", to_string(role));
    if (!place.is_nil()) append_member(out, "place", to_string(place));
    if (!name.empty()) append_member(out, "name", name);
    out += '}';
}

}  // namespace

template <class Command>
messaging::OutgoingRequest LogIn::request_for(const Command& command)
{
    messaging::OutgoingRequest request;
    request.id = make_ordered_uuid(ports_.clock.now(), ports_.random);
    request.type = Command::type;
    request.deadline = ports_.clock.now() + std::chrono::seconds(10);
    codec::Writer data;
    encode(data, command);
    request.data = data.take();
    return request;
}

// What is not accepted is answered here.
void LogIn::ask(const messaging::OutgoingRequest& request, std::string_view service, Language language,
                const Respond& respond, std::function<void(const messaging::ReceivedReply&)> go_on)
{
    const auto asked =
        ports_.bus.ask(request, {}, [service, language, respond, go_on = std::move(go_on)](const Answered& answered) {
            if (answered.reply == nullptr || answered.reply->outcome != messaging::Outcome::accepted)
                return respond(not_accepted(answered, service, language));
            go_on(*answered.reply);
        });
    if (asked != Bus::Asked::sent) respond(too_many(std::chrono::seconds(1), language));
}

// Whether somebody is known by the number cannot be told from the answer.
void LogIn::send_code(const HttpRequest& request, const Respond& respond)
{
    const auto language = request.language;
    const Form form(request.body);
    const auto phone = form.is_object() ? form.text("phone") : std::string();
    if (phone.empty() || phone.size() > 32) return respond(missing({"phone"}, language));
    if (const auto wait = ports_.limits.log_in(request)) return respond(too_many(*wait, language));
    ask(request_for(PersonByPhone{Personal(phone)}), "registration", language, respond,
        [this, language, respond](const messaging::ReceivedReply& reply) {
            const auto found = read(reply);
            if (!found) return respond(problem(502, "internal", language));
            const auto code = codes_.make(found->phone.reveal(), ports_.clock.now());
            if (!code) return respond(too_many(code.error(), language));
            notifications::SendCode command;
            command.nonce = NonceId(make_random_uuid(ports_.random));
            command.phone = found->phone;
            command.code = Personal(*code);
            command.language = language == Language::en ? notifications::Language::en : notifications::Language::zh_cn;
            ask(request_for(command), "notifications", language, respond, [respond](const messaging::ReceivedReply&) {
                HttpResponse response;
                response.status = 202;
                response.body = "{}";
                response.headers = "Cache-Control: no-store\r\n";
                respond(std::move(response));
            });
        });
}

void LogIn::open(const HttpRequest& request, const Respond& respond)
{
    const Form form(request.body);
    const auto language = request.language;
    if (!form.is_object()) return respond(problem(400, "not_json", language));
    if (const auto wait = ports_.limits.log_in(request)) return respond(too_many(*wait, language));
    const Comer comer{request.address, language, respond};
    const auto phone = form.text("phone");
    const auto code = form.text("code");
    if (!phone.empty() && !code.empty()) return open_by_phone(phone, code, comer);
    const auto login = form.text("login");
    auto password = form.text("password");
    const auto totp = form.text("totp");
    if (login.empty() && phone.empty()) return respond(missing({"phone", "code"}, language));
    if (!phone.empty()) return respond(missing({"code"}, language));
    if (password.empty()) return respond(missing({"password"}, language));
    if (totp.empty()) return respond(missing({"totp"}, language));
    open_by_password(login, std::move(password), totp, comer);
}

// Told to who watches for guessing: from where, not as whom, since that may be a password in the wrong field.
void LogIn::turn_away(const Comer& comer, std::string_view code)
{
    process::log::warning("log_in_failed", {{"code", code}, {"address", comer.address}});
    comer.respond(problem(401, code, comer.language));
}

void LogIn::open_by_phone(const std::string& phone, const std::string& code, const Comer& comer)
{
    if (phone.size() > 32) return turn_away(comer, "bad_code");
    ask(request_for(PersonByPhone{Personal(phone)}), "registration", comer.language, comer.respond,
        [this, code, comer](const messaging::ReceivedReply& reply) {
            const auto found = read(reply);
            if (!found) return comer.respond(problem(502, "internal", comer.language));
            if (!codes_.take(found->phone.reveal(), code, ports_.clock.now())) return turn_away(comer, "bad_code");
            if (found->persons.size() > 1) return comer.respond(problem(409, "phone_shared", comer.language));
            OpenSession command;
            // Whom nobody knows is somebody new; what they apply as with this number, they stay.
            if (found->persons.empty() && !found->newcomer_id)
                return comer.respond(problem(502, "internal", comer.language));
            command.person_id = found->persons.empty() ? *found->newcomer_id : found->persons.front();
            command.kind = SessionKind::worker;
            begin(std::move(command), comer.language, comer.respond);
        });
}

void LogIn::open_by_password(const std::string& login, std::string password, const std::string& totp,
                             const Comer& comer)
{
    if (const auto wait = ports_.limits.account(login)) return comer.respond(too_many(*wait, comer.language));
    const auto account = ports_.board.account(login);
    const bool is_taken = passwords_.check(account ? account->password_hash : std::string(),
                                           Personal(std::move(password)), [this, login, totp, comer](bool is_right) {
                                               boost::asio::post(ports_.io, [this, login, totp, comer, is_right] {
                                                   const auto present = ports_.board.account(login);
                                                   if (!is_right || !present)
                                                       return turn_away(comer, "bad_credentials");
                                                   check_totp(*present, totp, comer);
                                               });
                                           });
    if (!is_taken) comer.respond(too_many(std::chrono::seconds(2), comer.language));
}

void LogIn::check_totp(const AccountFacts& account, const std::string& totp, const Comer& comer)
{
    const auto secret = sealing::unseal(ports_.service_key, sealed_at, Sealed{account.totp_sealed});
    const auto step =
        secret ? matching_step(*secret, totp, ports_.clock.now(), account.last_step) : std::optional<std::int64_t>();
    if (!step) return turn_away(comer, "bad_credentials");
    OpenSession command;
    command.person_id = account.person;
    command.kind = SessionKind::officer;
    command.login = account.login;
    command.totp_step = *step;
    begin(std::move(command), comer.language, comer.respond);
}

void LogIn::begin(OpenSession command, Language language, const Respond& respond)
{
    const auto now = ports_.clock.now();
    const auto token = make_token(ports_.random);
    command.session_id = SessionId(make_ordered_uuid(now, ports_.random));
    command.token_hash.assign(token.hash.begin(), token.hash.end());
    command.expires_at = ports_.sessions.end_of(command.kind, now);
    const auto age = std::chrono::floor<std::chrono::seconds>(command.expires_at - now);
    ask(request_for(command), "gateway", language, respond,
        [this, token, age, language, respond](const messaging::ReceivedReply&) {
            const auto session = ports_.board.session(token.hash);
            if (!session) return respond(problem(502, "internal", language));
            const Caller caller{*session, actor_of(*session, ports_.board.roles_of(session->person))};
            respond(show(caller, Sessions::cookie(token, age)));
        });
}

HttpResponse LogIn::show(const Caller& caller, std::string headers) const
{
    const auto& session = caller.session;
    HttpResponse response;
    response.headers = std::move(headers) + "Cache-Control: no-store\r\n";
    auto& out = response.body;
    out = "{";
    append_member(out, "session_id", to_string(session.id));
    append_member(out, "person_id", to_string(session.person));
    append_member(out, "kind", to_string(session.kind));
    out += ",\"roles\":[";
    append_role(out, ActingAs::worker, {}, {});
    std::string_view name;
    const auto roles =
        session.kind == SessionKind::officer ? ports_.board.roles_of(session.person) : std::vector<HeldRole>{};
    for (const auto& role : roles) {
        out += ',';
        append_role(out, role.role, role.place.uuid, role.name);
        if (role.place.uuid == caller.actor.place) name = role.name;
    }
    out += "],\"role\":";
    append_role(out, parse_acting_as(to_string(caller.actor.role)).value_or(ActingAs::worker), caller.actor.place,
                name);
    append_member(out, "expires_at", gonghui::to_string(session.expires_at));
    out += '}';
    return response;
}

void LogIn::choose_role(const Caller& caller, const HttpRequest& request, const Respond& respond)
{
    const auto language = request.language;
    const Form form(request.body);
    const auto role = form.is_object() ? parse_acting_as(form.text("role")) : std::nullopt;
    if (!role) return respond(missing({"role"}, language));
    ChooseRole command{caller.session.id, *role, std::nullopt};
    if (const auto place = Uuid::parse(form.text("place"))) command.place_id = OrganisationId(*place);
    ask(request_for(command), "gateway", language, respond,
        [this, token = caller.session.token_hash, language, respond](const messaging::ReceivedReply&) {
            const auto session = ports_.board.session(token);
            if (!session) return respond(problem(401, "no_session", language));
            respond(show({*session, actor_of(*session, ports_.board.roles_of(session->person))}));
        });
}

void LogIn::close(const Caller& caller, const SessionId& session, Language language, const Respond& respond)
{
    const auto own = ports_.board.sessions_of(caller.session.person);
    const bool is_theirs = std::any_of(own.begin(), own.end(), [&](const auto& one) { return one.id == session; });
    if (!is_theirs) return respond(problem(404, "unknown_session", language));
    const bool is_this = session == caller.session.id;
    ask(request_for(CloseSession{session, is_this ? EndReason::logged_out : EndReason::revoked}), "gateway", language,
        respond, [is_this, respond](const messaging::ReceivedReply&) {
            HttpResponse response;
            response.status = 204;
            response.content_type = {};
            response.headers = is_this ? Sessions::no_cookie() + "Clear-Site-Data: \"cache\", \"storage\"\r\n" : "";
            respond(std::move(response));
        });
}

HttpResponse LogIn::list(const Caller& caller) const
{
    HttpResponse response;
    response.headers = "Cache-Control: no-store\r\n";
    auto& out = response.body;
    out = "{\"sessions\":[";
    for (const auto& session : ports_.board.sessions_of(caller.session.person)) {
        if (out.back() != '[') out += ',';
        out += '{';
        append_member(out, "session_id", to_string(session.id));
        append_member(out, "kind", to_string(session.kind));
        append_member(out, "opened_at", gonghui::to_string(session.opened_at));
        append_member(out, "expires_at", gonghui::to_string(session.expires_at));
        out += session.id == caller.session.id ? ",\"is_this\":true}" : ",\"is_this\":false}";
    }
    out += "]}";
    return response;
}

}  // namespace gonghui::gateway
