#pragma once
// When a session begins, what it asks as, and when it ends.

#include "common/result/refusal.hpp"
#include "services/gateway/domain/facts.hpp"

#include <span>

namespace gonghui::gateway {

// Of one person; whoever opens one more loses the oldest.
inline constexpr std::size_t most_sessions = 20;

struct OpenSessionFacts {
    std::optional<AccountFacts> account;  // that the command names
    std::vector<SessionFacts> sessions;   // the person's, the oldest first
};

// Whether it is the gateway itself that asks, over the bus as everybody does.
[[nodiscard]] bool is_own_errand(const Rights& rights, const Actor& actor);

// Only the gateway itself may ask: it is the one who has seen the code or the password.
[[nodiscard]] Decided<std::vector<Event>> open_session(const OpenSessionFacts& facts, const OpenSession& command,
                                                       const Actor& actor, UtcTime now);

[[nodiscard]] Decided<SessionClosed> close_session(const std::optional<SessionFacts>& session,
                                                   const CloseSession& command, const Actor& actor, UtcTime now);

// A worker's role is everybody's own; any other must be held.
[[nodiscard]] Decided<RoleChosen> choose_role(const std::optional<SessionFacts>& session,
                                              std::span<const HeldRole> roles, const ChooseRole& command,
                                              const Actor& actor, UtcTime now);

// In which role an officer's session begins: the widest that they hold.
[[nodiscard]] HeldRole first_role(std::span<const HeldRole> roles);

// As whom a session asks now. Who has lost the role that it had chosen asks as a worker.
[[nodiscard]] Actor actor_of(const SessionFacts& session, std::span<const HeldRole> roles);

}  // namespace gonghui::gateway
