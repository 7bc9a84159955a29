#pragma once
// Idempotency records: the first answer to every command, so that a retry gets it byte for byte.

#include "common/sqlite/database.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::messaging {

// How long a record is kept; a request id (UUIDv7) older than this is refused, since its record may be gone.
inline constexpr std::chrono::days answers_kept{30};
// Then it is forgotten: a week later, so that a clock which was ahead by less than that has done no harm.
inline constexpr std::chrono::days answers_forgotten_after{37};

std::vector<sqlite::Migration> answers_migrations();

struct Answer {
    std::array<std::byte, 16> fingerprint{};  // of the request that was answered
    Bytes reply;
};

class Answers {
public:
    explicit Answers(sqlite::Database& database);

    [[nodiscard]] std::optional<Answer> find(std::string_view caller, const Uuid& id) const;
    void add(std::string_view caller, const Uuid& id, const std::array<std::byte, 16>& fingerprint, BytesView reply);

    // Forgets records of ids made before `until`, at most `most` of each caller. True when that was all.
    bool forget(UtcTime until, std::size_t most);
    // No id from before this moment may be answered: its record may be gone, whatever the clock says by now.
    [[nodiscard]] UtcTime forgotten_until() const { return forgotten_until_; }

private:
    [[nodiscard]] std::optional<std::string> caller_after(std::string_view caller) const;

    sqlite::Database& database_;
    UtcTime forgotten_until_;
};

}  // namespace gonghui::messaging
