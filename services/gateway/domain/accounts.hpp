#pragma once
// Who may log in with a password.

#include "common/result/refusal.hpp"
#include "services/gateway/domain/facts.hpp"

namespace gonghui::gateway {

// Of small letters, digits, dots, underscores and hyphens, a letter first.
[[nodiscard]] bool is_login(std::string_view text);

// The command's secrets as they may be kept.
struct SealedSecrets {
    Sealed password_hash;  // under the person's key
    Bytes totp;            // under the gateway's own
};

[[nodiscard]] Decided<AccountAdded> add_account(const AddAccount& command, const SealedSecrets& secrets,
                                                const Actor& actor, UtcTime now);

// The account goes, and with it every session that it has opened.
[[nodiscard]] Decided<std::vector<Event>> remove_account(const std::optional<AccountFacts>& account,
                                                         const std::vector<SessionFacts>& sessions,
                                                         const RemoveAccount& command, const Actor& actor, UtcTime now);

// Nothing that is held of who was erased stays.
struct HeldOfPerson {
    std::vector<AccountFacts> accounts;
    std::vector<SessionFacts> sessions;
    bool has_password = false;
};
[[nodiscard]] std::vector<Event> forget(const PersonId& person, const HeldOfPerson& held, UtcTime now);

// Who has the number that a person had until now came in by it, perhaps. What an officer has opened with their password
// stays.
[[nodiscard]] std::vector<Event> phone_corrected(const std::vector<SessionFacts>& sessions, UtcTime now);

}  // namespace gonghui::gateway
