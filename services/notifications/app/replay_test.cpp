// A store equals the replay of its logs: the own tables from its own log, the read model from the followed events.

#include "common/messaging/replay.hpp"

#include "services/notifications/app/notifications_under_test.hpp"

#include <gmock/gmock.h>

namespace gonghui::notifications {
namespace {

using namespace std::chrono_literals;

// Every row of a table, as text, in the order of its key.
std::vector<std::string> rows_of(sqlite::Database& database, const std::string& table)
{
    std::string columns;
    auto names = database.query("SELECT name FROM pragma_table_info(?)", table);
    while (names.next())
        columns += (columns.empty() ? "quote(" : " || ',' || quote(") + names.get<std::string>(0) + ")";
    // Kept statements live by their text, which must outlive them: this one is run as a script.
    database.script("CREATE TEMP TABLE dump AS SELECT " + columns + " AS line FROM " + table);
    std::vector<std::string> rows;
    {
        auto lines = database.query("SELECT line FROM dump ORDER BY line");
        while (lines.next()) rows.push_back(lines.get<std::string>(0));
    }
    database.script("DROP TABLE dump");
    return rows;
}

// An eventful day.
void live(NotificationsUnderTest& notifications)
{
    const auto ann = test_id<PersonId>(11);
    const auto bao = test_id<PersonId>(12);
    notifications.found_the_tree();
    notifications.open_a_class();
    notifications.join(ann, "ann@example.org", registration::Language::en);
    notifications.join(bao, "bao@example.org");
    notifications.key_comes(ann);
    notifications.take_seat(ann);
    notifications.take_seat(ann);
    notifications.take_seat(bao);  // whose key never comes
    notifications.report(*notifications.take_mail(), DeliveryResult::refused_for_now);
    notifications.report(*notifications.take_mail(), DeliveryResult::taken);
    notifications.pass(1min);
    notifications.report(*notifications.take_mail(), DeliveryResult::refused_for_good);
    notifications.ask(MarkRead{ann, notifications.inbox_of(ann).at(0).message_id}, worker(ann));
    notifications.ask(SetPreference{bao, Topic::training, Channel::inapp, false}, worker(bao));
    SetQuietHours quiet;
    quiet.district_id = notifications.district;
    quiet.begins_minute = o_clock(22);
    quiet.ends_minute = o_clock(7);
    quiet.utc_offset_minutes = 480;
    notifications.ask(quiet, operators_command());
    notifications.pass(11h);
    notifications.take_seat(ann);
}

TEST(AStore, EqualsTheReplayOfItsLog)
{
    NotificationsUnderTest lived;
    live(lived);

    sqlite::Database database(lived.folder / "replayed.db");
    messaging::migrate_host_tables(database);
    migrate(database);
    NotificationsStore store(database);
    messaging::Handlers<NotificationsStore> handlers(store);
    wire(handlers, {lived.keyring, &lived.mails});
    EXPECT_GT(messaging::replay_log(lived.database, handlers, lived.service_key), 10);

    for (const std::string table : {"messages", "inboxes", "mails", "preferences", "quiet_hours", "timers"}) {
        const auto rows = rows_of(lived.database, table);
        EXPECT_FALSE(rows.empty()) << table;
        EXPECT_EQ(rows_of(database, table), rows) << table;
    }
}

TEST(AStore, HoldsNoPlainAddressAnywhere)
{
    NotificationsUnderTest lived;
    live(lived);
    for (const std::string table : {"messages", "mails", "contacts", "log"})
        for (const auto& row : rows_of(lived.database, table))
            EXPECT_THAT(row, testing::Not(testing::HasSubstr("example.org"))) << table;
}

}  // namespace
}  // namespace gonghui::notifications
