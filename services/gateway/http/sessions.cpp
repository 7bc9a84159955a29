#include "services/gateway/http/sessions.hpp"

#include "common/bytes/base64.hpp"
#include "common/sealing/credentials.hpp"

namespace gonghui::gateway {

namespace {

constexpr std::string_view cookie_name = "__Host-gonghui";
constexpr std::size_t token_bytes = 32;
constexpr std::size_t token_letters = 43;  // of their base64

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
    if (text.size() != token_letters) return std::nullopt;
    const auto token = from_base64url(text);
    if (!token || token->size() != token_bytes) return std::nullopt;
    return sealing::hash_of_token(std::span<const std::byte, token_bytes>(*token));
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
    token.hash = sealing::hash_of_token(bytes);
    token.text = to_base64url(bytes);
    return token;
}

std::optional<Caller> Sessions::caller_of(const HttpRequest& request)
{
    const auto token = token_in(request);
    if (!token) return std::nullopt;
    auto session = board_.session(*token);
    const auto now = clock_.now();
    if (!session || is_over(*session, now)) return std::nullopt;
    used_[session->id] = now;
    const auto actor = actor_now(*session);
    return Caller{std::move(*session), actor};
}

Actor Sessions::actor_now(const SessionFacts& session) const
{
    return actor_of(session,
                    session.role == ActingAs::worker ? std::vector<HeldRole>{} : board_.roles_of(session.person));
}

// Nobody may have used it since it was opened.
bool Sessions::is_over(const SessionFacts& session, UtcTime now) const
{
    const auto found = used_.find(session.id);
    const auto used = found == used_.end() ? std::max(session.opened_at, started_) : found->second;
    const auto idle = session.kind == SessionKind::officer ? limits_.officer_idle : limits_.worker_idle;
    return session.expires_at <= now || now - used > idle;
}

std::optional<Actor> Sessions::actor_with(const TokenHash& token) const
{
    const auto session = board_.session(token);
    if (!session || is_over(*session, clock_.now())) return std::nullopt;
    return actor_now(*session);
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
