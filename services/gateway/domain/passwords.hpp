#pragma once
// Passwords that people choose: which are worth nothing, and who may change one.

#include "common/result/refusal.hpp"
#include "services/gateway/domain/facts.hpp"

#include <span>
#include <string_view>

namespace gonghui::gateway {

inline constexpr std::size_t shortest_password = 12;  // in characters
inline constexpr std::size_t longest_password = 256;  // in bytes

// Why nobody should have this password: short_password, long_password, easy_password; empty: it will do.
//
// Easy is what has fewer than six characters left once everything is taken out of it that a guesser tries first: mobile
// numbers, runs of one character, of digits or letters in their order or of neighbours on a keyboard, repetitions, some
// words that begin many passwords, this house's names, and `own`, the words of whoever chooses. This is no list of
// passwords that were stolen elsewhere: none is small enough to come along.
[[nodiscard]] std::string_view why_no_password(std::string_view password, std::span<const std::string_view> own);

// Once a code was shown at the log-in it proves for so long who is there.
inline constexpr std::chrono::minutes code_proves_for{10};

// Until when the session's own log-in is proof enough for a change of the password; nullopt: it never was. Of an
// officer none is: their present password is asked for.
[[nodiscard]] std::optional<UtcTime> proved_until(const SessionFacts& session);

struct PasswordFacts {
    std::optional<SessionFacts> session;
    std::optional<AccountFacts> account;  // by which the session was opened, if it is an officer's
    std::vector<SessionFacts> sessions;   // of the same person
    bool has_password = false;            // beside the code
};

// Only the gateway itself may ask, as of `open_session`. `hash`: the command's, under the person's key. Whoever else is
// logged in with what was changed is so no more.
[[nodiscard]] Decided<std::vector<Event>> set_password(const PasswordFacts& facts, const SetPassword& command,
                                                       const Sealed& hash, const Actor& actor, UtcTime now);

[[nodiscard]] Decided<std::vector<Event>> remove_password(const PasswordFacts& facts, const RemovePassword& command,
                                                          const Actor& actor, UtcTime now);

}  // namespace gonghui::gateway
