#include "common/messaging/store_owner.hpp"

namespace gonghui::messaging {

void own_store(sqlite::Database& store, const Source& source)
{
    const auto name = to_string(source);
    if (const auto owner = owner_of(store); owner && *owner != name)
        throw ForeignStore(store.path().string() + " is the store of " + *owner + " and cannot be that of " + name +
                           "; give each its own folder, or put this one's backup in its place (gonghui restore)");
    sqlite::migrate(store, "owner", {{1, "CREATE TABLE owner (source TEXT NOT NULL) STRICT;"}});
    store.run("INSERT INTO owner (source) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM owner)", name);
}

std::optional<std::string> owner_of(sqlite::Database& store)
{
    if (!store.value<int>("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'owner'")) return std::nullopt;
    return store.value<std::string>("SELECT source FROM owner");
}

}  // namespace gonghui::messaging
