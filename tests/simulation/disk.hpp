#pragma once
// A disk in memory that keeps its promises and no others: what was synced survives a power cut, of everything else each
// sector of each write survives or does not as the dice fall, and so does every change of the folder.

#include "common/bytes/bytes.hpp"
#include "tests/simulation/dice.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::simulation {

// What a disk writes whole or not at all, in bytes.
inline constexpr std::size_t sector_bytes = 512;

// A change of a file that no sync has covered yet.
struct Unsynced {
    std::size_t offset = 0;
    Bytes bytes;  // empty: a truncation to `offset`
    bool is_truncation = false;
};

struct File {
    Bytes content;  // as every process sees it
    Bytes durable;  // as it stands on the platter
    std::vector<Unsynced> unsynced;

    [[nodiscard]] std::span<const std::byte> view() const { return content; }
};

// What a power cut did.
struct Wreckage {
    int kept = 0;    // unsynced writes that reached the platter whole
    int lost = 0;    // not at all
    int torn = 0;    // in part
    int undone = 0;  // changes of the folder that were lost
    bool nothing() const { return kept + lost + torn + undone == 0; }
};

// One folder of one machine. Belongs to one thread.
class Disk {
public:
    using Handle = std::shared_ptr<File>;

    // The file under that name; made when it is not there and `create` says so, null otherwise.
    Handle open(std::string_view name, bool create);
    [[nodiscard]] bool exists(std::string_view name) const { return entries_.contains(name); }
    void remove(std::string_view name);
    void sync_folder();

    static void write(File& file, std::size_t offset, BytesView bytes);
    static void truncate(File& file, std::size_t size);
    // Fills `out` and pads with zeros past the end of the file; false then.
    static bool read(const File& file, std::size_t offset, std::span<std::byte> out);
    static void sync(File& file);
    // A sync that failed: of what it covered some reached the platter, and the system takes all of it for written, so
    // that no later sync makes up for it (as Linux does).
    static void fail_sync(File& file, Dice& dice);

    // Every file falls back to what is on the platter and what the dice leave of the rest. No process may have a file
    // open that goes on using it.
    Wreckage power_cut(Dice& dice);

    bool full = false;           // while set, nothing can grow
    std::string never_synced{};  // planted: syncs of this file say that they did it, and do nothing

    using Entries = std::map<std::string, Handle, std::less<>>;
    [[nodiscard]] const Entries& entries() const { return entries_; }
    // A copy that shares nothing with this disk, and the way back to it.
    [[nodiscard]] Entries snapshot() const;
    void restore(const Entries& snapshot);

private:
    struct FolderChange {
        std::string name;
        Handle file;  // null: removed
    };
    Entries entries_;
    Entries durable_entries_;
    std::vector<FolderChange> unsynced_;
};

}  // namespace gonghui::simulation
