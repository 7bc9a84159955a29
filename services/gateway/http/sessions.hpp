#pragma once
// Who asks: the session that a request's cookie names.

#include "common/time/clock.hpp"
#include "services/gateway/domain/sessions.hpp"
#include "services/gateway/http/message.hpp"
#include "services/gateway/storage/board.hpp"

#include <optional>
#include <string>

namespace gonghui::gateway {

struct SessionLimits {
    std::chrono::seconds worker_idle{0};
    std::chrono::seconds worker_longest{0};
    std::chrono::seconds officer_idle{0};
    std::chrono::seconds officer_longest{0};
};

// Who asks, and as what.
struct Caller {
    SessionFacts session;
    Actor actor;
};

// 256 random bits as the browser keeps them, and as everybody else knows them.
struct Token {
    std::string text;
    TokenHash hash{};
};
[[nodiscard]] Token make_token(Random& random);

// Belongs to the thread of HTTP.
class Sessions {
public:
    // Everything outlives it.
    Sessions(const Board& board, Clock& clock, const SessionLimits& limits)
        : board_(board), clock_(clock), limits_(limits), started_(clock.now())
    {
    }

    // nullopt: nobody, or somebody whose session is over. Counts as a use.
    std::optional<Caller> caller_of(const HttpRequest& request);

    // As whom the session with this token asks now; nullopt: it is over, by whatever end. Asking is no use.
    [[nodiscard]] std::optional<Actor> actor_with(const TokenHash& token) const;

    [[nodiscard]] UtcTime end_of(SessionKind kind, UtcTime opened) const;
    // Forgets when sessions that are gone were used.
    void tick();

    [[nodiscard]] static std::string cookie(const Token& token, std::chrono::seconds age);
    [[nodiscard]] static std::string no_cookie();

private:
    [[nodiscard]] bool is_over(const SessionFacts& session, UtcTime now) const;
    [[nodiscard]] Actor actor_now(const SessionFacts& session) const;

    const Board& board_;
    Clock& clock_;
    SessionLimits limits_;
    UtcTime started_;
    // In memory alone: a start of the gateway counts as a use.
    std::unordered_map<SessionId, UtcTime> used_;
    UtcTime cleaned_{};
};

}  // namespace gonghui::gateway
