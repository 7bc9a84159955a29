#pragma once
// Who may log in with a password.

#include "common/result/refusal.hpp"
#include "services/gateway/domain/facts.hpp"

namespace gonghui::gateway {

// Of small letters, digits, dots, underscores and hyphens, a letter first.
[[nodiscard]] bool is_login(std::string_view text);

// `totp_sealed`: the command's secret under the gateway's own key.
[[nodiscard]] Decided<AccountAdded> add_account(const AddAccount& command, Bytes totp_sealed, const Actor& actor,
                                                UtcTime now);

// The account goes, and with it every session that it has opened.
[[nodiscard]] Decided<std::vector<Event>> remove_account(const std::optional<AccountFacts>& account,
                                                         const std::vector<SessionFacts>& sessions,
                                                         const RemoveAccount& command, const Actor& actor, UtcTime now);

// Nothing that is held of who was erased stays.
[[nodiscard]] std::vector<Event> forget(const PersonId& person, const std::vector<AccountFacts>& accounts,
                                        const std::vector<SessionFacts>& sessions, UtcTime now);

}  // namespace gonghui::gateway
