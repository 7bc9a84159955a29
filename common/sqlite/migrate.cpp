#include "common/sqlite/database.hpp"

namespace gonghui::sqlite {

namespace {

int stored_version(Database& database, std::string_view component)
{
    if (!database.value<int>("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_versions'")) return 0;
    return database.value<int>("SELECT version FROM schema_versions WHERE component = ?", component).value_or(0);
}

void apply(Database& database, std::string_view component, const Migration& migration)
{
    Transaction transaction(database);
    database.run(
        "CREATE TABLE IF NOT EXISTS schema_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT");
    database.script(std::string(migration.script));
    database.run(
        "INSERT INTO schema_versions (component, version) VALUES (?, ?) "
        "ON CONFLICT (component) DO UPDATE SET version = excluded.version",
        component, migration.version);
    transaction.commit();
}

}  // namespace

void migrate(Database& database, std::string_view component, const std::vector<Migration>& migrations)
{
    const int stored = stored_version(database, component);
    const int known = migrations.empty() ? 0 : migrations.back().version;
    if (stored > known)
        throw StoreTooNew(database.path().string() + ": its part \"" + std::string(component) + "\" is of version " +
                          std::to_string(stored) + ", and this program knows versions up to " + std::to_string(known) +
                          ": install the newer program, the store was not changed");
    int expected = 0;
    for (const auto& migration : migrations) {
        if (migration.version != ++expected)
            throw std::logic_error("migrations of " + std::string(component) + " are not numbered 1, 2, 3 ...");
        if (migration.version > stored) apply(database, component, migration);
    }
}

}  // namespace gonghui::sqlite
