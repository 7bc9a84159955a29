#include "common/messaging/store_check.hpp"

#include "common/messaging/event_log.hpp"
#include "common/messaging/integrity.hpp"
#include "common/messaging/store_owner.hpp"
#include "common/sqlite/copy.hpp"

#include <array>

namespace gonghui::messaging {

namespace {

constexpr std::size_t step_bytes = 1024 * 1024;

// A question about the host's tables that a sound store answers with no row.
struct Contradiction {
    std::string_view sql;
    std::string_view what;
};

constexpr std::array contradictions{
    Contradiction{"SELECT 1 FROM epochs WHERE last_kept_seq < 0 OR last_kept_seq > "
                  "(SELECT coalesce(max(seq), 0) FROM log)",
                  "an epoch began beyond the head of the log"},
    Contradiction{"SELECT 1 FROM log WHERE (origin IS NULL) <> (origin_seq IS NULL)",
                  "a record names half of what it answers"},
    Contradiction{
        "SELECT 1 FROM log JOIN cursors ON source = origin WHERE origin_seq > max(cursors.seq, evolved_until) "
        "AND log.seq > (SELECT coalesce(max(own_seq), 0) FROM forks WHERE forks.source = origin)",
        "a record answers an event beyond its source's cursor"},
    Contradiction{"SELECT 1 FROM parked JOIN cursors USING (source) "
                  "WHERE parked.seq > max(cursors.seq, cursors.evolved_until)",
                  "an event is parked beyond its source's cursor"},
    Contradiction{"SELECT 1 WHERE (SELECT count(*) FROM claims) <> 1", "there is not exactly one claim"},
};

void check_log(sqlite::Database& database, StoreReport& report)
{
    const EventLog log(database);
    report.source = owner_of(database).value_or("");
    report.epoch = log.head().epoch;
    report.head = log.head().seq;
    codec::Parser parser;
    for (const auto& record : read_log(database, 0, 1))
        if (const auto event = decode_event(parser, record.bytes); event && event->header.source != report.source)
            report.complaints.push_back("its log is that of " + std::string(event->header.source));
    for (std::int64_t at = 0; at < report.head;) at = verify_log(database, at, step_bytes);
}

}  // namespace

StoreReport check_store(sqlite::Database& database)
{
    StoreReport report;
    if (auto complaint = sqlite::complaint_about(database)) report.complaints.push_back(*std::move(complaint));
    try {
        if (!database.value<int>("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'log'")) {
            report.complaints.emplace_back("it is no store of a service");
            return report;
        }
        check_log(database, report);
        for (const auto& one : contradictions)
            if (database.value<int>(one.sql)) report.complaints.emplace_back(one.what);
        if (const auto damage = remembered_damage(database))
            report.complaints.push_back("it stopped at record " + std::to_string(damage->seq) + ": " + damage->what);
    } catch (const BrokenChain& broken) {
        report.complaints.push_back("log record " + std::to_string(broken.seq) + ": " + broken.what());
    } catch (const sqlite::Error& error) {
        report.complaints.emplace_back(error.what());
    }
    return report;
}

}  // namespace gonghui::messaging
