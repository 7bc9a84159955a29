// gonghui-notifications: hand wiring, in order of dependency.

#include "common/process/log.hpp"
#include "common/runtime/serve.hpp"
#include "services/notifications/app/wiring.hpp"
#include "services/notifications/mail/bus_reports.hpp"
#include "services/notifications/mail/smtp_sender.hpp"

#include <optional>
#include <thread>

namespace gonghui::notifications {

namespace {

bool is_sms_domain(std::string_view domain)
{
    return is_bare_address("13800000000@" + std::string(domain));
}

process::Keys mail_keys()
{
    return {
        {.name = "mail.host",
         .fallback = "",
         .description =
             "The mail server that takes the district's mail; empty: there is none, and nobody gets e-mail."},
        {.name = "mail.port",
         .type = process::Type::integer,
         .fallback = "587",
         .description = "Its port.",
         .least = 1,
         .most = 65535},
        {.name = "mail.encryption",
         .fallback = "starttls",
         .description = "none (a server on this machine), starttls (required) or tls (from the first byte).",
         .choices = {"none", "starttls", "tls"}},
        {.name = "mail.user", .fallback = "", .description = "Account at the mail server; empty: no authentication."},
        {.name = "mail.password", .fallback = "", .description = "Its password.", .secrecy = process::Secrecy::secret},
        {.name = "mail.from",
         .fallback = "no-reply@localhost",
         .description = "The sender's address.",
         .form = {is_bare_address, {"邮箱地址", "an e-mail address"}}},
        {.name = "mail.from_name", .fallback = "工会服务平台", .description = "The name shown beside it."},
        {.name = "mail.patience",
         .type = process::Type::duration,
         .fallback = "10s",
         .description = "How long one e-mail may take, connection included."},
        {.name = "sms.domain",
         .fallback = "",
         .description =
             "Domain of the text-message gateway, which takes e-mails to <mobile number>@<domain> through the "
             "mail server above; empty: one-time codes cannot be sent.",
         .form = {is_sms_domain, {"网关的域名", "the domain of a gateway"}}},
    };
}

Encryption encryption_of(std::string_view word)
{
    if (word == "none") return Encryption::none;
    return word == "tls" ? Encryption::tls : Encryption::starttls;
}

SmtpSettings smtp_settings(const process::Config& config)
{
    SmtpSettings settings;
    settings.host = config.text("mail.host");
    settings.port = static_cast<int>(config.integer("mail.port"));
    settings.user = config.text("mail.user");
    settings.password = config.text("mail.password");
    settings.from = {config.text("mail.from"), config.text("mail.from_name")};
    settings.encryption = encryption_of(config.text("mail.encryption"));
    settings.patience = config.duration("mail.patience");
    return settings;
}

// Takes e-mails out of the queue, on a thread of its own.
class MailChannel {
public:
    MailChannel(runtime::Ground& ground, MailQueue& mails)
        : sender_(smtp_settings(ground.config), ground.clock),
          reports_(ground.hub, ground.identity, ground.share.partition),
          worker_(mails, sender_, reports_, ground.clock, ground.random),
          thread_([this](const std::stop_token& stop) { worker_.run(stop); })
    {
    }

private:
    SmtpSender sender_;
    BusReports reports_;
    EmailWorker worker_;
    std::jthread thread_;  // last: it ends before what it works with
};

// A code that does not arrive is asked for again by who waits for it.
class Unreported final : public DeliveryReports {
public:
    bool deliver(const DeliveryReport& report) override
    {
        if (report.sent.result != SendResult::taken)
            process::log::warning("code_not_sent", {{"server_code", report.sent.server_code.value_or(0)}});
        return true;
    }
};

// Takes one-time codes out of a queue of their own: they must not stand behind a broadcast.
class CodeChannel {
public:
    explicit CodeChannel(runtime::Ground& ground)
        : sender_(smtp_settings(ground.config), ground.clock),
          worker_(queue_, sender_, reports_, ground.clock, ground.random),
          thread_([this](const std::stop_token& stop) { worker_.run(stop); })
    {
    }
    MailQueue& queue() { return queue_; }

private:
    MailQueue queue_{256};
    SmtpSender sender_;
    Unreported reports_;
    EmailWorker worker_;
    std::jthread thread_;  // last
};

class Partition final : public runtime::Assembled {
public:
    explicit Partition(runtime::Ground& ground) : store_(ground.database), handlers_(store_)
    {
        if (ground.config.text("mail.host").empty()) {
            ground.readiness.without("email", "mail.host is empty: nobody gets e-mail");
            process::log::info("no_email_channel", {{"why", "mail.host is empty"}});
        } else {
            channel_.emplace(ground, mails_);
        }
        const auto& sms = ground.config.text("sms.domain");
        if (channel_ && !sms.empty())
            codes_.emplace(ground);
        else
            ground.readiness.without("codes", "mail.host or sms.domain is empty: nobody gets one-time codes");
        wire(handlers_,
             {ground.keyring, channel_ ? &mails_ : nullptr, ground.share, codes_ ? &codes_->queue() : nullptr, sms});
    }

    messaging::Service& service() override { return handlers_; }

private:
    NotificationsStore store_;
    messaging::Handlers<NotificationsStore> handlers_;
    MailQueue mails_;
    std::optional<MailChannel> channel_;
    std::optional<CodeChannel> codes_;
};

}  // namespace

}  // namespace gonghui::notifications

int main(int argc, char** argv)
{
    using namespace gonghui;
    runtime::ServiceProgram program;
    program.name = "notifications";
    program.version = GONGHUI_VERSION;
    program.summary = "messages to people: inbox and e-mail";
    program.keys = notifications::mail_keys();
    program.migrate = notifications::migrate;
    program.assemble = [](runtime::Ground& ground) {
        return std::make_unique<notifications::Partition>(ground);
    };
    return runtime::serve(program, argc, argv);
}
