#include "services/gateway/domain/accounts.hpp"

#include <algorithm>

namespace gonghui::gateway {

bool is_login(std::string_view text)
{
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
    constexpr std::string_view others = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    return !text.empty() && letters.find(text.front()) != text.npos && text.find_first_not_of(others) == text.npos;
}

Decided<AccountAdded> add_account(const AddAccount& command, const SealedSecrets& secrets, const Actor& actor,
                                  UtcTime now)
{
    if (!permits(AddAccount::rights, actor, {true, true}, std::nullopt)) return refused(refusal::not_permitted);
    if (!is_login(command.login)) return refused(refusal::bad_login);
    return AccountAdded{command.login, command.person_id, secrets.password_hash, secrets.totp, now};
}

Decided<std::vector<Event>> remove_account(const std::optional<AccountFacts>& account,
                                           const std::vector<SessionFacts>& sessions, const RemoveAccount& command,
                                           const Actor& actor, UtcTime now)
{
    if (!permits(RemoveAccount::rights, actor, {true, true}, std::nullopt)) return refused(refusal::not_permitted);
    if (!account) return refused(refusal::unknown_account);
    std::vector<Event> events;
    for (const auto& session : sessions)
        if (session.login == command.login)
            events.emplace_back(SessionClosed{session.id, session.person, EndReason::account_removed, now});
    events.emplace_back(AccountRemoved{command.login, account->person, now});
    return events;
}

std::vector<Event> forget(const PersonId& person, const HeldOfPerson& held, UtcTime now)
{
    std::vector<Event> events;
    events.reserve(held.sessions.size() + held.accounts.size() + 1);
    for (const auto& session : held.sessions)
        events.emplace_back(SessionClosed{session.id, person, EndReason::revoked, now});
    for (const auto& account : held.accounts) events.emplace_back(AccountRemoved{account.login, person, now});
    if (held.has_password) events.emplace_back(PasswordRemoved{person, now});
    return events;
}

std::vector<Event> phone_corrected(const std::vector<SessionFacts>& sessions, UtcTime now)
{
    std::vector<Event> events;
    for (const auto& session : sessions)
        if (session.kind == SessionKind::worker)
            events.emplace_back(SessionClosed{session.id, session.person, EndReason::revoked, now});
    return events;
}

}  // namespace gonghui::gateway
