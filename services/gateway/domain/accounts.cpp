#include "services/gateway/domain/accounts.hpp"

#include <algorithm>

namespace gonghui::gateway {

bool is_login(std::string_view text)
{
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
    constexpr std::string_view others = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    return !text.empty() && letters.find(text.front()) != text.npos && text.find_first_not_of(others) == text.npos;
}

Decided<AccountAdded> add_account(const AddAccount& command, Bytes totp_sealed, const Actor& actor, UtcTime now)
{
    if (!permits(AddAccount::rights, actor, {true, true}, std::nullopt)) return refused(refusal::not_permitted);
    if (!is_login(command.login)) return refused(refusal::bad_login);
    return AccountAdded{command.login, command.person_id, command.password_hash, std::move(totp_sealed), now};
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

std::vector<Event> forget(const PersonId& person, const std::vector<AccountFacts>& accounts,
                          const std::vector<SessionFacts>& sessions, UtcTime now)
{
    std::vector<Event> events;
    events.reserve(sessions.size() + accounts.size());
    for (const auto& session : sessions)
        events.emplace_back(SessionClosed{session.id, person, EndReason::revoked, now});
    for (const auto& account : accounts) events.emplace_back(AccountRemoved{account.login, person, now});
    return events;
}

}  // namespace gonghui::gateway
