#pragma once
// Durable timers: rows that `evolve` alone sets and clears, and that the host raises when they are due. Firing and
// effect share one transaction; a timer that was due while the service was down fires when it is back.

#include "common/sqlite/database.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::messaging {

struct Timer {
    std::string kind;  // "offer_lapses"
    Uuid subject;      // with `kind` its name: setting it again moves it
    UtcTime due;
    Uuid id() const;  // derived from kind, subject and due: the cause of what follows
};

std::vector<sqlite::Migration> timers_migrations();

class Timers {
public:
    explicit Timers(sqlite::Database& database) : database_(database) {}
    void set(std::string_view kind, const Uuid& subject, UtcTime due);
    void clear(std::string_view kind, const Uuid& subject);
    [[nodiscard]] std::vector<Timer> due(UtcTime now, std::size_t limit) const;
    [[nodiscard]] std::optional<UtcTime> next_due() const;

private:
    sqlite::Database& database_;
};

}  // namespace gonghui::messaging
