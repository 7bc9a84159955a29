#pragma once
// /api/v1/session and what is below it: who comes in, as what, and out again.

#include "common/sealing/sealing.hpp"
#include "services/gateway/domain/one_time_codes.hpp"
#include "services/gateway/http/errands.hpp"
#include "services/gateway/http/figures.hpp"
#include "services/gateway/http/form.hpp"
#include "services/gateway/http/limits.hpp"
#include "services/gateway/http/password_thread.hpp"
#include "services/gateway/http/sessions.hpp"

namespace gonghui::gateway {

class LogIn {
public:
    // Everything outlives it.
    struct Ports {
        Errands& errands;
        const Board& board;
        Sessions& sessions;
        OneTimeCodes& codes;
        PasswordThread& passwords;
        Limits& limits;
        Figures& figures;
        Clock& clock;
        Random& random;
        const sealing::Key& service_key;
    };
    explicit LogIn(const Ports& ports) : ports_(ports) {}

    void send_code(const Form& form, const HttpRequest& request, const Respond& respond);
    void open(const Form& form, const HttpRequest& request, const Respond& respond);
    [[nodiscard]] HttpResponse show(const Caller& caller, std::string headers = {}) const;
    void choose_role(const Caller& caller, const Form& form, const HttpRequest& request, const Respond& respond);
    void close(const Caller& caller, const SessionId& session, const HttpRequest& request, const Respond& respond);
    [[nodiscard]] HttpResponse list(const Caller& caller) const;

private:
    void respond_not_now(const NoCode& why, const Asker& asker);
    void open_by_code(const std::string& phone, const std::string& code, const Asker& asker);
    void open_by_phone_and_password(const std::string& phone, const std::string& password, const Asker& asker);
    void open_by_login(const std::string& login, std::string password, const std::string& totp, const Asker& asker);
    void check_totp(const AccountFacts& account, const std::string& totp, const Asker& asker);
    void begin(OpenSession command, const Asker& asker);

    Ports ports_;
};

}  // namespace gonghui::gateway
