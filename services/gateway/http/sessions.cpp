#include "services/gateway/http/sessions.hpp"

#include <sodium.h>

namespace gonghui::gateway {

namespace {

constexpr std::string_view cookie_name = "__Host-gonghui";
constexpr std::size_t token_bytes = 32;

TokenHash hash_of(std::span<const std::byte, token_bytes> token)
{
    TokenHash hash{};
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                       reinterpret_cast<const unsigned char*>(token.data()), token.size());
    return hash;
}

std::string_view value_of_cookie(std::string_view cookies)
{
    while (!cookies.empty()) {
        auto one = cookies.substr(0, cookies.find(';'));
        cookies.remove_prefix(std::min(cookies.size(), one.size() + 1));
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        if (one.starts_with(cookie_name) && one.substr(cookie_name.size()).starts_with('='))
            return one.substr(cookie_name.size() + 1);
    }
    return {};
}

std::optional<TokenHash> token_in(const HttpRequest& request)
{
    const auto text = value_of_cookie(request.cookie);
    std::array<std::byte, token_bytes> token{};
    std::size_t size = 0;
    if (text.empty() ||
        sodium_base642bin(reinterpret_cast<unsigned char*>(token.data()), token.size(), text.data(), text.size(),
                          nullptr, &size, nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return std::nullopt;
    if (size != token_bytes) return std::nullopt;
    return hash_of(token);
}

std::string cookie_with(std::string_view value, std::chrono::seconds age)
{
    std::string line("Set-Cookie: ");
    line.append(cookie_name).append(1, '=').append(value);
    line.append("; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=").append(std::to_string(age.count()));
    return line + "\r\n";
}

}  // namespace

Token make_token(Random& random)
{
    std::array<std::byte, token_bytes> bytes{};
    random.fill(bytes);
    Token token;
    token.hash = hash_of(bytes);
    token.text.resize(sodium_base64_ENCODED_LEN(token_bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
    sodium_bin2base64(token.text.data(), token.text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                      bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    token.text.pop_back();
    return token;
}

std::optional<Caller> Sessions::caller_of(const HttpRequest& request)
{
    const auto token = token_in(request);
    if (!token) return std::nullopt;
    auto session = board_.session(*token);
    const auto now = clock_.now();
    if (!session || session->expires_at <= now) return std::nullopt;
    auto& used = used_.try_emplace(session->id, now).first->second;
    const auto idle = session->kind == SessionKind::officer ? limits_.officer_idle : limits_.worker_idle;
    if (now - used > idle) return std::nullopt;
    used = now;
    Caller caller{std::move(*session), {}};
    caller.actor =
        actor_of(caller.session, caller.session.role == ActingAs::worker ? std::vector<HeldRole>{}
                                                                         : board_.roles_of(caller.session.person));
    return caller;
}

UtcTime Sessions::end_of(SessionKind kind, UtcTime opened) const
{
    return opened + (kind == SessionKind::officer ? limits_.officer_longest : limits_.worker_longest);
}

// Once an hour: an entry is some eighty bytes, and none is needed beyond the longest session.
void Sessions::tick()
{
    const auto now = clock_.now();
    if (now - cleaned_ < std::chrono::hours(1)) return;
    cleaned_ = now;
    std::erase_if(used_, [&](const auto& one) { return now - one.second > limits_.worker_longest; });
}

std::string Sessions::cookie(const Token& token, std::chrono::seconds age)
{
    return cookie_with(token.text, age);
}

std::string Sessions::no_cookie()
{
    return cookie_with("", std::chrono::seconds(0));
}

}  // namespace gonghui::gateway
