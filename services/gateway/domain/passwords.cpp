#include "services/gateway/domain/passwords.hpp"

#include "common/text/utf8.hpp"
#include "services/gateway/domain/sessions.hpp"

#include <algorithm>
#include <array>

namespace gonghui::gateway {

namespace {

constexpr std::size_t shortest_rest = 6;
constexpr std::size_t shortest_run = 4;

// In small letters.
constexpr std::array<std::string_view, 34> words{
    "password", "passw0rd", "p@ssw0rd", "p@ssword", "administrator", "admin",   "welcome",  "letmein",  "iloveyou",
    "woaini",   "woaiwo",   "mima",     "secret",   "changeme",      "login",   "monkey",   "dragon",   "football",
    "sunshine", "princess", "superman", "starwars", "trustno1",      "master",  "computer", "internet", "zhongguo",
    "china",    "gonghui",  "工惠",     "工会",     "密码",          "5201314", "1314520"};
// Rows, columns and the digits' block, read in both directions.
constexpr std::array<std::string_view, 11> keyboard{
    "`1234567890-=", "qwertyuiop[]",          "asdfghjkl;'", "zxcvbnm,./", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "!@#$%^&*()",
    "zaq12wsx",      "qazwsxedcrfvtgbyhnujm", "7894561230",  "147258369",  "zaqxswcdevfrbgtnhymju"};

std::string in_small_letters(std::string_view text)
{
    std::string small(text);
    std::transform(small.begin(), small.end(), small.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return small;
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// How many characters from the first on are a mobile number.
std::size_t mobile_number(std::string_view text)
{
    constexpr std::size_t digits = 11;
    const bool is_one = text.size() >= digits && text[0] == '1' && text[1] >= '3' && is_digit(text[1]) &&
                        std::all_of(text.begin(), text.begin() + digits, is_digit);
    return is_one ? digits : 0;
}

// How many are the same few over and over, three times at least: "aaaa", "ababab", "201920192019".
std::size_t repetition(std::string_view text)
{
    constexpr std::size_t longest_period = 4;
    std::size_t longest = 0;
    for (std::size_t period = 1; period <= longest_period && period < text.size(); ++period) {
        std::size_t length = period;
        while (length < text.size() && text[length] == text[length - period]) ++length;
        if (length >= std::max(shortest_run, 3 * period)) longest = std::max(longest, length);
    }
    return longest;
}

// How many go up or down by one: "abcd", "9876".
std::size_t sequence(std::string_view text)
{
    if (text.size() < shortest_run) return 0;
    const int step = text[1] - text[0];
    if (step != -1 && step != 1) return 0;
    std::size_t length = 2;
    while (length < text.size() && text[length] - text[length - 1] == step) ++length;
    return length < shortest_run ? 0 : length;
}

std::size_t common_start(std::string_view a, std::string_view b)
{
    return static_cast<std::size_t>(
        std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())), b.begin())
            .first -
        a.begin());
}

// How many are neighbours on the keyboard, forwards or backwards.
std::size_t neighbours(std::string_view text)
{
    std::size_t longest = 0;
    for (const auto row : keyboard) {
        const std::string backwards(row.rbegin(), row.rend());
        for (std::size_t i = 0; i + shortest_run <= row.size(); ++i) {
            longest = std::max(longest, common_start(text, row.substr(i)));
            longest = std::max(longest, common_start(text, std::string_view(backwards).substr(i)));
        }
    }
    return longest < shortest_run ? 0 : longest;
}

std::size_t word(std::string_view text, std::span<const std::string_view> all)
{
    std::size_t longest = 0;
    for (const auto one : all)
        if (one.size() >= shortest_run && text.starts_with(one)) longest = std::max(longest, one.size());
    return longest;
}

// "k3x9q2k3x9q2" is no more than "k3x9q2".
std::string_view once(std::string_view text)
{
    for (std::size_t period = 1; period <= text.size() / 2; ++period)
        if (text.substr(period) == text.substr(0, text.size() - period)) return text.substr(0, period);
    return text;
}

}  // namespace

std::string_view why_no_password(std::string_view password, std::span<const std::string_view> own)
{
    if (code_points(password) < shortest_password) return "short_password";
    if (password.size() > longest_password) return "long_password";
    const auto small = in_small_letters(password);
    std::vector<std::string> own_small;
    std::transform(own.begin(), own.end(), std::back_inserter(own_small), in_small_letters);
    const std::vector<std::string_view> own_words(own_small.begin(), own_small.end());
    auto text = once(small);
    std::string rest;
    while (!text.empty()) {
        const auto easy = std::max({mobile_number(text), repetition(text), sequence(text), neighbours(text),
                                    word(text, words), word(text, own_words)});
        if (easy == 0) rest += text.front();
        text.remove_prefix(std::max<std::size_t>(easy, 1));
    }
    return code_points(rest) < shortest_rest ? "easy_password" : std::string_view();
}

std::optional<UtcTime> proved_until(const SessionFacts& session)
{
    if (session.kind != SessionKind::worker || session.proof != Proof::code) return std::nullopt;
    return session.opened_at + code_proves_for;
}

namespace {

bool is_proved(const SessionFacts& session, const std::optional<Proof>& shown, UtcTime now)
{
    return shown == Proof::password || now < proved_until(session).value_or(UtcTime::min());
}

// What else was opened by the account, or by the number.
void close_others(const PasswordFacts& facts, UtcTime now, std::vector<Event>& events)
{
    for (const auto& one : facts.sessions)
        if (one.id != facts.session->id && one.login == facts.session->login)
            events.emplace_back(SessionClosed{one.id, one.person, EndReason::revoked, now});
}

}  // namespace

Decided<std::vector<Event>> set_password(const PasswordFacts& facts, const SetPassword& command, const Sealed& hash,
                                         const Actor& actor, UtcTime now)
{
    if (!is_own_errand(SetPassword::rights, actor)) return refused(refusal::not_permitted);
    if (!facts.session) return refused(refusal::unknown_session);
    const auto& session = *facts.session;
    if (!is_proved(session, command.proof, now)) return refused(refusal::proof_needed);
    PasswordSet event{session.person, std::nullopt, hash, std::nullopt, now};
    if (session.kind == SessionKind::officer) {
        if (!facts.account || facts.account->person != session.person) return refused(refusal::unknown_account);
        if (!command.totp_step || *command.totp_step <= facts.account->last_step) return refused(refusal::code_used);
        event.login = session.login;
        event.totp_step = command.totp_step;
    }
    std::vector<Event> events{std::move(event)};
    close_others(facts, now, events);
    return events;
}

Decided<std::vector<Event>> remove_password(const PasswordFacts& facts, const RemovePassword& command,
                                            const Actor& actor, UtcTime now)
{
    if (!is_own_errand(RemovePassword::rights, actor)) return refused(refusal::not_permitted);
    if (!facts.session || facts.session->kind != SessionKind::worker) return refused(refusal::unknown_session);
    if (!facts.has_password) return refused(refusal::no_password);
    if (!is_proved(*facts.session, command.proof, now)) return refused(refusal::proof_needed);
    std::vector<Event> events{PasswordRemoved{facts.session->person, now}};
    close_others(facts, now, events);
    return events;
}

}  // namespace gonghui::gateway
