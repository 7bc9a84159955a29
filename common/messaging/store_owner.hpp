#pragma once
// Whose store it is: from its first start on one partition's of one service of one district. A copy put in the wrong
// place, or a folder that two districts take for theirs, is refused before a word is written into it.

#include "common/messaging/source.hpp"
#include "common/sqlite/database.hpp"

#include <optional>
#include <stdexcept>
#include <string>

namespace gonghui::messaging {

class ForeignStore : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The store is this source's from now on, one of so many partitions: with another number keys would lie elsewhere.
// Throws ForeignStore, naming both, when it is another's.
void own_store(sqlite::Database& store, const Source& source, int partitions = 1);
// As the store says; nullopt for one that nobody has started with, or that is no store of a service.
std::optional<std::string> owner_of(sqlite::Database& store);

}  // namespace gonghui::messaging
