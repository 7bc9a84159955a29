#include "services/gateway/http/log_in.hpp"

#include "common/text/quotes.hpp"
#include "schemas/generated/gateway/codecs.hpp"
#include "schemas/generated/notifications/codecs.hpp"
#include "services/gateway/app/wiring.hpp"
#include "services/gateway/domain/passwords.hpp"
#include "services/gateway/domain/totp.hpp"

namespace gonghui::gateway {

namespace {

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

// Whether somebody is known by the number cannot be told from the answer.
void LogIn::send_code(const Form& form, const HttpRequest& request, const Respond& respond)
{
    const Asker asker{request.address, request.language, respond};
    const auto phone = form.text("phone", longest_phone);
    if (phone.empty()) return respond(form.lacks("phone", asker.language));
    if (const auto wait = ports_.limits.log_in(request)) return respond(too_many(*wait, asker.language));
    ports_.errands.who_has(phone, asker, [this, asker](const registration::PersonByPhoneReply& found) {
        const auto code = ports_.codes.make(found.phone.reveal(), ports_.clock.now());
        if (!code) return respond_not_now(code.error(), asker);
        notifications::SendCode command;
        command.nonce = NonceId(make_random_uuid(ports_.random));
        command.phone = found.phone;
        command.code = Personal(*code);
        command.language =
            asker.language == Language::en ? notifications::Language::en : notifications::Language::zh_cn;
        ports_.errands.ask(command, asker, [this, asker](const messaging::ReceivedReply&) {
            ++ports_.figures.codes;
            HttpResponse response;
            response.status = 202;
            response.body = "{}";
            response.headers = "Cache-Control: no-store\r\n";
            asker.respond(std::move(response));
        });
    });
}

void LogIn::respond_not_now(const NoCode& why, const Asker& asker)
{
    if (!why.is_for_all) return asker.respond(too_many(why.wait, asker.language));
    ++ports_.figures.codes_held_back;
    asker.respond(too_many(why.wait, asker.language, "too_many_codes"));
}

void LogIn::open(const Form& form, const HttpRequest& request, const Respond& respond)
{
    const Asker asker{request.address, request.language, respond};
    if (const auto wait = ports_.limits.log_in(request)) return respond(too_many(*wait, asker.language));
    const auto phone = form.text("phone");
    const auto code = form.text("code");
    const auto login = form.text("login");
    auto password = form.text("password");
    const auto totp = form.text("totp");
    const auto lacks = [&](const char* field) {
        respond(form.lacks(field, asker.language));
    };
    if (!phone.empty() && !code.empty()) return open_by_code(phone, code, asker);
    if (!phone.empty() && !password.empty()) return open_by_phone_and_password(phone, password, asker);
    if (!phone.empty()) return lacks("code");
    if (login.empty()) return lacks("phone");
    if (password.empty()) return lacks("password");
    if (totp.empty()) return lacks("totp");
    open_by_login(login, std::move(password), totp, asker);
}

void LogIn::open_by_code(const std::string& phone, const std::string& code, const Asker& asker)
{
    if (phone.size() > longest_phone) return turn_away(asker, 401, "bad_code");
    ports_.errands.who_has(phone, asker, [this, code, asker](const registration::PersonByPhoneReply& found) {
        if (!ports_.codes.take(found.phone.reveal(), code, ports_.clock.now()))
            return turn_away(asker, 401, "bad_code");
        if (found.persons.size() > 1) return asker.respond(problem(409, "phone_shared", asker.language));
        OpenSession command;
        // Whom nobody knows is somebody new; what they apply as with this number, they stay.
        if (found.persons.empty() && !found.newcomer_id) return asker.respond(problem(502, "internal", asker.language));
        command.person_id = found.persons.empty() ? *found.newcomer_id : found.persons.front();
        command.kind = SessionKind::worker;
        command.proof = Proof::code;
        begin(std::move(command), asker);
    });
}

// A number that nobody has, that several have, or whose owner has no password: the same answer after the same time.
void LogIn::open_by_phone_and_password(const std::string& phone, const std::string& password, const Asker& asker)
{
    if (phone.size() > longest_phone) return turn_away(asker, 401, "wrong_password");
    ports_.errands.who_has(phone, asker, [this, password, asker](const registration::PersonByPhoneReply& found) {
        if (const auto wait = ports_.limits.account(found.phone.reveal()))
            return asker.respond(too_many(*wait, asker.language));
        OpenSession command;
        command.kind = SessionKind::worker;
        command.proof = Proof::password;
        std::string hash;
        if (found.persons.size() == 1) {
            command.person_id = found.persons.front();
            hash = ports_.board.password(command.person_id).value_or("");
        }
        const bool is_taken =
            ports_.passwords.check(std::move(hash), Personal(password), [this, command, asker](bool is_right) {
                if (!is_right) return turn_away(asker, 401, "wrong_password");
                begin(command, asker);
            });
        if (!is_taken) asker.respond(too_many(std::chrono::seconds(2), asker.language));
    });
}

void LogIn::open_by_login(const std::string& login, std::string password, const std::string& totp, const Asker& asker)
{
    if (const auto wait = ports_.limits.account(login)) return asker.respond(too_many(*wait, asker.language));
    const auto account = ports_.board.account(login);
    const bool is_taken =
        ports_.passwords.check(account ? account->password_hash : std::string(), Personal(std::move(password)),
                               [this, login, totp, asker](bool is_right) {
                                   const auto present = ports_.board.account(login);
                                   if (!is_right || !present) return turn_away(asker, 401, "bad_credentials");
                                   check_totp(*present, totp, asker);
                               });
    if (!is_taken) asker.respond(too_many(std::chrono::seconds(2), asker.language));
}

void LogIn::check_totp(const AccountFacts& account, const std::string& totp, const Asker& asker)
{
    const auto secret = sealing::unseal(ports_.service_key, sealed_at, Sealed{account.totp_sealed});
    const auto step =
        secret ? matching_step(*secret, totp, ports_.clock.now(), account.last_step) : std::optional<std::int64_t>();
    if (!step) return turn_away(asker, 401, "bad_credentials");
    OpenSession command;
    command.person_id = account.person;
    command.kind = SessionKind::officer;
    command.proof = Proof::password;
    command.login = account.login;
    command.totp_step = *step;
    begin(std::move(command), asker);
}

void LogIn::begin(OpenSession command, const Asker& asker)
{
    const auto now = ports_.clock.now();
    const auto token = make_token(ports_.random);
    command.session_id = SessionId(make_ordered_uuid(now, ports_.random));
    command.token_hash.assign(token.hash.begin(), token.hash.end());
    command.expires_at = ports_.sessions.end_of(command.kind, now);
    const auto age = std::chrono::floor<std::chrono::seconds>(command.expires_at - now);
    ports_.errands.ask(command, asker, [this, token, age, asker](const messaging::ReceivedReply&) {
        const auto session = ports_.board.session(token.hash);
        if (!session) return asker.respond(problem(502, "internal", asker.language));
        const Caller caller{*session, actor_of(*session, ports_.board.roles_of(session->person))};
        asker.respond(show(caller, Sessions::cookie(token, age)));
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
    const bool is_officer = session.kind == SessionKind::officer;
    out += is_officer || ports_.board.password(session.person) ? ",\"has_password\":true" : ",\"has_password\":false";
    if (const auto until = proved_until(session)) append_member(out, "proved_until", gonghui::to_string(*until));
    out += '}';
    return response;
}

void LogIn::choose_role(const Caller& caller, const Form& form, const HttpRequest& request, const Respond& respond)
{
    const Asker asker{request.address, request.language, respond};
    const auto name = form.text("role");
    if (name.empty()) return respond(form.lacks("role", asker.language));
    const auto role = parse_acting_as(name);
    if (!role) return respond(bad_field("role", "unknown_value", asker.language));
    ChooseRole command{caller.session.id, *role, std::nullopt};
    if (const auto place = form.text("place"); !place.empty()) {
        const auto id = Uuid::parse(place);
        if (!id) return respond(bad_field("place", "wrong_type", asker.language));
        command.place_id = OrganisationId(*id);
    }
    ports_.errands.ask(command, asker, [this, token = caller.session.token_hash, asker](const auto&) {
        const auto session = ports_.board.session(token);
        if (!session) return asker.respond(problem(401, "no_session", asker.language));
        asker.respond(show({*session, actor_of(*session, ports_.board.roles_of(session->person))}));
    });
}

void LogIn::close(const Caller& caller, const SessionId& session, const HttpRequest& request, const Respond& respond)
{
    const Asker asker{request.address, request.language, respond};
    const auto own = ports_.board.sessions_of(caller.session.person);
    const bool is_theirs = std::any_of(own.begin(), own.end(), [&](const auto& one) { return one.id == session; });
    if (!is_theirs) return respond(problem(404, "unknown_session", asker.language));
    const bool is_this = session == caller.session.id;
    const CloseSession command{session, is_this ? EndReason::logged_out : EndReason::revoked};
    ports_.errands.ask(command, asker, [is_this, asker](const messaging::ReceivedReply&) {
        auto response = no_content();
        if (is_this) response.headers = Sessions::no_cookie() + "Clear-Site-Data: \"cache\", \"storage\"\r\n";
        asker.respond(std::move(response));
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
