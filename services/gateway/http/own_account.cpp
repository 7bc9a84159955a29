#include "services/gateway/http/own_account.hpp"

#include "schemas/generated/gateway/codecs.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "services/gateway/app/wiring.hpp"
#include "services/gateway/domain/passwords.hpp"
#include "services/gateway/domain/totp.hpp"

#include <array>

namespace gonghui::gateway {

namespace {

// Tries count against whoever tries to log in with the same.
std::string account_of(const SessionFacts& session)
{
    return session.kind == SessionKind::officer ? session.login : std::string(as_text(session.person.uuid.view()));
}

void say_busy(const Asker& asker)
{
    asker.respond(too_many(std::chrono::seconds(2), asker.language));
}

}  // namespace

void OwnAccount::set_password(const Caller& caller, const Form& form, const HttpRequest& request,
                              const Respond& respond)
{
    const Asker asker{request.address, request.language, respond};
    const auto password = form.text("password");
    if (password.empty()) return respond(form.lacks("password", asker.language));
    const std::array<std::string_view, 1> own{caller.session.login};
    if (const auto why = why_no_password(password, own); !why.empty())
        return respond(bad_field("password", why, asker.language));
    check_current(
        caller, form.text("current"), form.text("totp"), asker, [this, caller, password, asker](const Shown& shown) {
            if (caller.session.kind == SessionKind::officer) return keep(caller, password, shown, asker);
            check_that_known(caller, asker,
                             [this, caller, password, shown, asker] { keep(caller, password, shown, asker); });
        });
}

void OwnAccount::remove_password(const Caller& caller, const Form& form, const HttpRequest& request,
                                 const Respond& respond)
{
    const Asker asker{request.address, request.language, respond};
    if (caller.session.kind == SessionKind::officer) return respond(problem(403, "not_permitted", asker.language));
    check_current(caller, form.text("current"), {}, asker, [this, caller, asker](const Shown& shown) {
        ports_.errands.ask(RemovePassword{caller.session.id, shown.proof}, asker,
                           [asker](const messaging::ReceivedReply&) { asker.respond(no_content()); });
    });
}

// An officer shows both, whatever their session is; a worker may have shown a code a moment ago, which the command
// knows.
void OwnAccount::check_current(const Caller& caller, const std::string& current, const std::string& totp,
                               const Asker& asker, WithProof go_on)
{
    const auto& session = caller.session;
    const bool is_officer = session.kind == SessionKind::officer;
    if (current.empty() && is_officer) return asker.respond(bad_field("current", "missing", asker.language));
    if (totp.empty() && is_officer) return asker.respond(bad_field("totp", "missing", asker.language));
    if (const auto wait = ports_.limits.account(account_of(session)))
        return asker.respond(too_many(*wait, asker.language));
    if (current.empty()) return go_on({});
    const auto account = is_officer ? ports_.board.account(session.login) : std::nullopt;
    auto hash = is_officer ? (account ? account->password_hash : std::string())
                           : ports_.board.password(session.person).value_or("");
    const bool is_taken = ports_.passwords.check(
        std::move(hash), Personal(current), [this, account, totp, asker, go_on = std::move(go_on)](bool is_right) {
            Shown shown{Proof::password, std::nullopt};
            if (account) {
                const auto secret = sealing::unseal(ports_.service_key, sealed_at, Sealed{account->totp_sealed});
                if (secret) shown.totp_step = matching_step(*secret, totp, ports_.clock.now(), account->last_step);
                is_right = is_right && shown.totp_step.has_value();
            }
            if (!is_right) return turn_away(asker, 403, "wrong_current");
            go_on(shown);
        });
    if (!is_taken) say_busy(asker);
}

// Whoever holds a number that nobody has applied with could leave a password behind for the next who gets the number.
void OwnAccount::check_that_known(const Caller& caller, const Asker& asker, std::function<void()> go_on)
{
    ports_.errands.ask(registration::MemberCard{caller.session.person}, asker,
                       [go_on = std::move(go_on)](const messaging::ReceivedReply&) { go_on(); });
}

void OwnAccount::keep(const Caller& caller, const std::string& password, const Shown& shown, const Asker& asker)
{
    const bool is_taken = ports_.passwords.hash(Personal(password), [this, caller, shown, asker](std::string hash) {
        const SetPassword command{caller.session.id, Personal(std::move(hash)), shown.proof, shown.totp_step};
        ports_.errands.ask(command, asker, [asker](const messaging::ReceivedReply&) { asker.respond(no_content()); });
    });
    if (!is_taken) say_busy(asker);
}

void OwnAccount::change_phone(const Caller& caller, const Form& form, const HttpRequest& request,
                              const Respond& respond)
{
    const Asker asker{request.address, request.language, respond};
    const auto phone = form.text("phone", longest_phone);
    const auto code = form.text("code");
    if (phone.empty()) return respond(form.lacks("phone", asker.language));
    if (code.empty()) return respond(form.lacks("code", asker.language));
    if (const auto wait = ports_.limits.log_in(request)) return respond(too_many(*wait, asker.language));
    ports_.errands.who_has(phone, asker, [this, caller, code, asker](const registration::PersonByPhoneReply& found) {
        if (!ports_.codes.take(found.phone.reveal(), code, ports_.clock.now()))
            return turn_away(asker, 403, "bad_code");
        ports_.errands.ask(registration::ConfirmPhone{caller.session.person, found.phone}, asker,
                           [asker](const messaging::ReceivedReply&) { asker.respond(no_content()); });
    });
}

}  // namespace gonghui::gateway
