#pragma once
// MailSender over SMTP (RFC 5321), with libcurl. Keeps its connection from one mail to the next.

#include "services/notifications/mail/mime.hpp"

#include <chrono>
#include <memory>

namespace gonghui::notifications {

enum class Encryption : std::uint8_t {
    none,      // for a server on the same machine
    starttls,  // required: a server without it gets nothing
    tls,       // from the first byte
};

struct SmtpSettings {
    std::string host;
    int port = 25;
    std::string user;      // empty: no authentication
    std::string password;  // secret
    Sender from;
    Encryption encryption = Encryption::starttls;
    std::chrono::milliseconds patience{10'000};  // for one mail, connection included
};

class SmtpSender final : public MailSender {
public:
    // `clock` gives the Date header. Throws std::runtime_error when libcurl cannot be set up. The first SmtpSender must
    // be made before other threads begin.
    SmtpSender(SmtpSettings settings, Clock& clock);
    ~SmtpSender() override;
    SmtpSender(const SmtpSender&) = delete;
    SmtpSender& operator=(const SmtpSender&) = delete;

    Sent send(const Mail& mail, const std::stop_token& stop) override;

private:
    struct Connection;
    SmtpSettings settings_;
    Clock& clock_;
    std::unique_ptr<Connection> connection_;
};

}  // namespace gonghui::notifications
