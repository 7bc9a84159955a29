#pragma once
// A Disk under the real SQLite: a VFS with locks and with the shared memory that a write-ahead log needs. Every call
// asks the running process whether trouble strikes; without a running process (the checker's reads) nothing ever does.

#include "tests/simulation/process.hpp"

#include <memory>
#include <string>

namespace gonghui::simulation {

// Registered with SQLite under `name` while it lives; connections must be closed before.
class DiskVfs {
public:
    DiskVfs(std::string name, Disk& disk);
    ~DiskVfs();
    DiskVfs(const DiskVfs&) = delete;
    DiskVfs& operator=(const DiskVfs&) = delete;

    [[nodiscard]] const std::string& name() const;

    struct State;

private:
    std::unique_ptr<State> state_;
};

// SQLite's own dice (salts of a log): the same from here on as at every call with this seed.
void seed_sqlite(std::uint64_t seed);

}  // namespace gonghui::simulation
