#pragma once
// What somebody who is logged in changes about how they log in: their password, and the number that codes go to.

#include "common/sealing/sealing.hpp"
#include "services/gateway/domain/one_time_codes.hpp"
#include "services/gateway/http/errands.hpp"
#include "services/gateway/http/form.hpp"
#include "services/gateway/http/limits.hpp"
#include "services/gateway/http/password_thread.hpp"
#include "services/gateway/http/sessions.hpp"

namespace gonghui::gateway {

class OwnAccount {
public:
    // Everything outlives it.
    struct Ports {
        Errands& errands;
        const Board& board;
        OneTimeCodes& codes;
        PasswordThread& passwords;
        Limits& limits;
        Clock& clock;
        const sealing::Key& service_key;
    };
    explicit OwnAccount(const Ports& ports) : ports_(ports) {}

    void set_password(const Caller& caller, const Form& form, const HttpRequest& request, const Respond& respond);
    void remove_password(const Caller& caller, const Form& form, const HttpRequest& request, const Respond& respond);
    void change_phone(const Caller& caller, const Form& form, const HttpRequest& request, const Respond& respond);

private:
    // What was shown beside the session.
    struct Shown {
        std::optional<Proof> proof;
        std::optional<std::int64_t> totp_step;
    };
    using WithProof = std::function<void(const Shown&)>;

    void check_current(const Caller& caller, const std::string& current, const std::string& totp, const Asker& asker,
                       WithProof go_on);
    void check_that_known(const Caller& caller, const Asker& asker, std::function<void()> go_on);
    void keep(const Caller& caller, const std::string& password, const Shown& shown, const Asker& asker);

    Ports ports_;
};

}  // namespace gonghui::gateway
