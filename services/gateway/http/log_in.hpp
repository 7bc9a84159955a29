#pragma once
// /api/v1/session and what is below it: who comes in, as what, and out again.

#include "common/sealing/sealing.hpp"
#include "services/gateway/domain/one_time_codes.hpp"
#include "services/gateway/http/api.hpp"
#include "services/gateway/http/limits.hpp"
#include "services/gateway/http/password_checker.hpp"

namespace gonghui::gateway {

class LogIn {
public:
    // Everything outlives it.
    struct Ports {
        boost::asio::io_context& io;
        Bus& bus;
        const Board& board;
        Sessions& sessions;
        Limits& limits;
        Clock& clock;
        Random& random;
        const sealing::Key& service_key;
    };
    explicit LogIn(const Ports& ports) : ports_(ports), codes_(ports.random) {}

    void send_code(const HttpRequest& request, const Respond& respond);
    void open(const HttpRequest& request, const Respond& respond);
    [[nodiscard]] HttpResponse show(const Caller& caller, std::string headers = {}) const;
    void choose_role(const Caller& caller, const HttpRequest& request, const Respond& respond);
    void close(const Caller& caller, const SessionId& session, Language language, const Respond& respond);
    [[nodiscard]] HttpResponse list(const Caller& caller) const;
    [[nodiscard]] std::size_t passwords_waiting() { return passwords_.waiting(); }

private:
    // Somebody who wants to come in.
    struct Comer {
        std::string address;
        Language language;
        Respond respond;
    };

    void open_by_phone(const std::string& phone, const std::string& code, const Comer& comer);
    void open_by_password(const std::string& login, std::string password, const std::string& totp, const Comer& comer);
    void check_totp(const AccountFacts& account, const std::string& totp, const Comer& comer);
    static void turn_away(const Comer& comer, std::string_view code);
    void begin(OpenSession command, Language language, const Respond& respond);
    template <class Command>
    messaging::OutgoingRequest request_for(const Command& command);
    void ask(const messaging::OutgoingRequest& request, std::string_view service, Language language,
             const Respond& respond, std::function<void(const messaging::ReceivedReply&)> go_on);

    Ports ports_;
    OneTimeCodes codes_;
    PasswordChecker passwords_;
};

}  // namespace gonghui::gateway
