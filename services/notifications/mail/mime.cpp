#include "services/notifications/mail/mime.hpp"

#include "common/text/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace gonghui::notifications {

namespace {

std::string base64(std::string_view bytes)
{
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto left = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8U | (k < left ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) out += k <= left ? alphabet[group >> (18 - 6 * k) & 63U] : '=';
    }
    return out;
}

std::string base64_lines(std::string_view bytes)
{
    constexpr std::size_t line = 76;
    const auto encoded = base64(bytes);
    std::string out;
    for (std::size_t i = 0; i < encoded.size(); i += line) out.append(encoded, i, line).append("\r\n");
    return out;
}

// RFC 5322 3.3; English names whatever the locale.
std::string date_header(UtcTime now)
{
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(now - day));
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                  days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                  months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text.data();
}

// SMTP ends lines with CR LF; templates with LF.
std::string with_crlf(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '\n') out += '\r';
        if (c != '\r') out += c;
    }
    return out;
}

bool is_plain(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; }) &&
           text.find("=?") == std::string_view::npos && text.size() <= 60;
}

}  // namespace

bool is_bare_address(std::string_view text)
{
    const auto at = text.find('@');
    if (at == 0 || at == std::string_view::npos || at + 1 == text.size() || text.size() > 254) return false;
    if (text.find('@', at + 1) != std::string_view::npos) return false;
    return std::ranges::all_of(text, [](char c) {
        return c > ' ' && c <= '~' && std::string_view("<>()[]\\,;:\"").find(c) == std::string_view::npos;
    });
}

std::string encode_header(std::string_view text)
{
    if (is_plain(text)) return std::string(text);
    // 45 bytes become 60 characters; with "=?UTF-8?B?" and "?=" a word stays within RFC 2047's 75.
    constexpr std::size_t most = 45;
    std::string out;
    while (!text.empty()) {
        auto length = std::min(most, text.size());
        while (length < text.size() && length > 1 && continues_character(text[length])) --length;
        if (!out.empty()) out += "\r\n ";
        out.append("=?UTF-8?B?").append(base64(text.substr(0, length))).append("?=");
        text.remove_prefix(length);
    }
    return out;
}

std::string compose(const Mail& mail, const Sender& from, UtcTime now)
{
    const auto domain = from.address.substr(from.address.find('@') + 1);
    std::string out;
    out.append("Date: ").append(date_header(now)).append("\r\n");
    out.append("From: ");
    if (!from.name.empty()) {
        // A plain name is quoted, so that no character of it is taken for syntax.
        const auto name = encode_header(from.name);
        out.append(name == from.name ? "\"" + name + "\"" : name).append(" ");
    }
    out.append("<").append(from.address).append(">\r\n");
    out.append("To: <").append(mail.to.reveal()).append(">\r\n");
    out.append("Subject: ").append(encode_header(mail.subject)).append("\r\n");
    out.append("Message-ID: <").append(to_string(mail.message_id)).append("@").append(domain).append(">\r\n");
    // RFC 3834: nobody's holiday notice answers it.
    out.append("Auto-Submitted: auto-generated\r\n");
    out.append("MIME-Version: 1.0\r\n");
    out.append("Content-Type: text/plain; charset=UTF-8\r\n");
    out.append("Content-Transfer-Encoding: base64\r\n\r\n");
    return out.append(base64_lines(with_crlf(mail.body + "\n")));
}

}  // namespace gonghui::notifications
