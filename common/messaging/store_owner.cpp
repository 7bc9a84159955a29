#include "common/messaging/store_owner.hpp"

namespace gonghui::messaging {

void own_store(sqlite::Database& store, const Source& source, int partitions)
{
    const auto name = to_string(source);
    if (const auto owner = owner_of(store); owner && *owner != name)
        throw ForeignStore(store.path().string() + " is the store of " + *owner + " and cannot be that of " + name +
                           "; give each its own folder, or put this one's backup in its place (gonghui restore)");
    sqlite::migrate(store, "owner",
                    {{1, "CREATE TABLE owner (source TEXT NOT NULL) STRICT;"},
                     {2, "ALTER TABLE owner ADD COLUMN partitions INTEGER NOT NULL DEFAULT 1;"}});
    store.run("INSERT INTO owner (source, partitions) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM owner)", name,
              partitions);
    const auto made_for = store.value<std::int64_t>("SELECT partitions FROM owner").value_or(partitions);
    if (made_for != partitions)
        throw ForeignStore(store.path().string() + " was made as one of " + std::to_string(made_for) +
                           " partitions and cannot be one of " + std::to_string(partitions) +
                           ": set partitions back, the number never changes once the stores exist");
}

std::optional<std::string> owner_of(sqlite::Database& store)
{
    if (!store.value<int>("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'owner'")) return std::nullopt;
    return store.value<std::string>("SELECT source FROM owner");
}

}  // namespace gonghui::messaging
