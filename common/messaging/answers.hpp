#pragma once
// Idempotency records: the first answer to every command, so that a retry gets it byte for byte.

#include "common/sqlite/database.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace gonghui::messaging {

// How long a record is kept; a request id (UUIDv7) older than this is refused, since its record may be gone.
inline constexpr std::chrono::days answers_kept{30};

std::vector<sqlite::Migration> answers_migrations();

struct Answer {
    std::array<std::byte, 16> fingerprint{};  // of the request that was answered
    Bytes reply;
};

class Answers {
public:
    explicit Answers(sqlite::Database& database) : database_(database) {}

    [[nodiscard]] std::optional<Answer> find(std::string_view caller, const Uuid& id) const;
    void add(std::string_view caller, const Uuid& id, const std::array<std::byte, 16>& fingerprint, BytesView reply);

private:
    sqlite::Database& database_;
};

}  // namespace gonghui::messaging
