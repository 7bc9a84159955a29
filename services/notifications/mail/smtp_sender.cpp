#include "services/notifications/mail/smtp_sender.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace gonghui::notifications {

namespace {

struct Unread {
    std::string_view rest;
};

std::size_t read_mail(char* buffer, std::size_t size, std::size_t count, void* user)
{
    auto& unread = *static_cast<Unread*>(user);
    const auto taken = std::min(size * count, unread.rest.size());
    std::memcpy(buffer, unread.rest.data(), taken);
    unread.rest.remove_prefix(taken);
    return taken;
}

// Lets a mail that is under way when the process stops come to its end, but not for long.
struct Progress {
    const std::stop_token& stop;
    std::optional<std::chrono::steady_clock::time_point> stop_seen;
};

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    constexpr std::chrono::seconds grace{2};
    constexpr int go_on = 0;
    constexpr int break_off = 1;
    auto& progress = *static_cast<Progress*>(user);
    if (!progress.stop.stop_requested()) return go_on;
    const auto now = std::chrono::steady_clock::now();
    if (!progress.stop_seen) progress.stop_seen = now;
    return now - *progress.stop_seen > grace ? break_off : go_on;
}

SendResult judge(CURLcode outcome, long server_code)
{
    if (outcome == CURLE_OK) return SendResult::taken;
    if (outcome == CURLE_LOGIN_DENIED || server_code == 530 || server_code == 535) return SendResult::not_authenticated;
    // After a broken connection the last code is of an earlier answer and says nothing.
    if (outcome == CURLE_OPERATION_TIMEDOUT || outcome == CURLE_GOT_NOTHING || outcome == CURLE_ABORTED_BY_CALLBACK)
        return SendResult::unreachable;
    if (server_code >= 400 && server_code < 500) return SendResult::refused_for_now;
    if (server_code >= 500 && server_code < 600) return SendResult::refused_for_good;
    return SendResult::unreachable;
}

}  // namespace

struct SmtpSender::Connection {
    CURL* handle = nullptr;

    Connection()
    {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl cannot be set up");
        handle = curl_easy_init();
        if (handle == nullptr) throw std::runtime_error("libcurl cannot be set up");
    }
    ~Connection()
    {
        curl_easy_cleanup(handle);
        curl_global_cleanup();
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
};

SmtpSender::SmtpSender(SmtpSettings settings, Clock& clock)
    : settings_(std::move(settings)), clock_(clock), connection_(std::make_unique<Connection>())
{
    auto* const handle = connection_->handle;
    const std::string scheme = settings_.encryption == Encryption::tls ? "smtps" : "smtp";
    const auto url = scheme + "://" + settings_.host + ":" + std::to_string(settings_.port);
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");  // never an HTTP proxy of the environment
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.patience.count()));
    if (settings_.encryption == Encryption::starttls)
        curl_easy_setopt(handle, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    if (!settings_.user.empty()) {
        curl_easy_setopt(handle, CURLOPT_USERNAME, settings_.user.c_str());
        curl_easy_setopt(handle, CURLOPT_PASSWORD, settings_.password.c_str());
    }
    const auto sender = "<" + settings_.from.address + ">";
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, sender.c_str());
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, read_mail);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
}

SmtpSender::~SmtpSender() = default;

Sent SmtpSender::send(const Mail& mail, const std::stop_token& stop)
{
    auto* const handle = connection_->handle;
    const auto bytes = compose(mail, settings_.from, clock_.now());
    Unread unread{bytes};
    const auto to = "<" + mail.to.reveal() + ">";
    auto* const recipients = curl_slist_append(nullptr, to.c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(handle, CURLOPT_READDATA, &unread);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes.size()));

    Progress progress{stop, std::nullopt};
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &progress);

    const auto outcome = curl_easy_perform(handle);
    long server_code = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &server_code);
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, nullptr);
    curl_easy_setopt(handle, CURLOPT_READDATA, nullptr);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, nullptr);
    curl_slist_free_all(recipients);

    Sent sent{judge(outcome, server_code), std::nullopt};
    if (server_code != 0 && sent.result != SendResult::unreachable) sent.server_code = static_cast<int>(server_code);
    return sent;
}

}  // namespace gonghui::notifications
