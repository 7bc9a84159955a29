#include "tests/simulation/disk.hpp"

#include <algorithm>

namespace gonghui::simulation {

namespace {

void overwrite(Bytes& content, std::size_t offset, BytesView bytes)
{
    if (content.size() < offset) content.resize(offset);  // a hole reads as zeros
    const auto over = bytes.first(std::min(bytes.size(), content.size() - offset));
    std::copy(over.begin(), over.end(), content.begin() + static_cast<std::ptrdiff_t>(offset));
    content.insert(content.end(), bytes.begin() + static_cast<std::ptrdiff_t>(over.size()), bytes.end());
}

void apply(Bytes& content, const Unsynced& change)
{
    if (change.is_truncation)
        content.resize(change.offset);
    else
        overwrite(content, change.offset, change.bytes);
}

// Sector by sector, as a disk does it: pieces of one write may survive without the others.
void apply_in_part(Bytes& content, const Unsynced& change, Dice& dice, Wreckage& wreckage)
{
    if (change.is_truncation) {
        const bool kept = dice.chance(500);
        if (kept) content.resize(change.offset);
        ++(kept ? wreckage.kept : wreckage.lost);
        return;
    }
    // Most writes survive or vanish whole; the others are torn.
    const auto fate = dice.below(4);
    std::size_t kept = 0;
    const auto end = change.offset + change.bytes.size();
    for (auto at = change.offset; at < end;) {
        const auto next = std::min(end, (at / sector_bytes + 1) * sector_bytes);
        if (fate == 0 || (fate > 1 && dice.chance(500))) {
            overwrite(content, at, BytesView(change.bytes).subspan(at - change.offset, next - at));
            kept += next - at;
        }
        at = next;
    }
    if (kept == 0)
        ++wreckage.lost;
    else if (kept == change.bytes.size())
        ++wreckage.kept;
    else
        ++wreckage.torn;
}

}  // namespace

Disk::Handle Disk::open(std::string_view name, bool create)
{
    if (const auto found = entries_.find(name); found != entries_.end()) return found->second;
    if (!create) return nullptr;
    auto file = std::make_shared<File>();
    entries_.emplace(name, file);
    unsynced_.push_back({std::string(name), file});
    return file;
}

void Disk::remove(std::string_view name)
{
    if (const auto found = entries_.find(name); found != entries_.end()) entries_.erase(found);
    unsynced_.push_back({std::string(name), nullptr});
}

void Disk::sync_folder()
{
    if (unsynced_.empty()) return;
    unsynced_.clear();
    durable_entries_ = entries_;
}

void Disk::write(File& file, std::size_t offset, BytesView bytes)
{
    if (bytes.empty()) return;
    overwrite(file.content, offset, bytes);
    file.unsynced.push_back({offset, to_bytes(bytes), false});
}

void Disk::truncate(File& file, std::size_t size)
{
    if (file.content.size() == size) return;
    file.content.resize(size);
    file.unsynced.push_back({size, {}, true});
}

bool Disk::read(const File& file, std::size_t offset, std::span<std::byte> out)
{
    const auto there = offset < file.content.size() ? std::min(out.size(), file.content.size() - offset) : 0;
    std::copy_n(file.content.begin() + static_cast<std::ptrdiff_t>(there ? offset : 0), there, out.begin());
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(there), out.end(), std::byte{});
    return there == out.size();
}

void Disk::sync(File& file)
{
    for (const auto& change : file.unsynced) apply(file.durable, change);
    file.unsynced.clear();
}

void Disk::fail_sync(File& file, Dice& dice)
{
    Wreckage ignored;
    for (const auto& change : file.unsynced) apply_in_part(file.durable, change, dice, ignored);
    file.unsynced.clear();
}

Wreckage Disk::power_cut(Dice& dice)
{
    Wreckage wreckage;
    for (auto& change : unsynced_) {
        if (!dice.chance(500)) {
            ++wreckage.undone;
        } else if (change.file) {
            durable_entries_.insert_or_assign(change.name, change.file);
        } else {
            durable_entries_.erase(change.name);
        }
    }
    unsynced_.clear();
    entries_ = durable_entries_;
    for (auto& [name, file] : entries_) {
        for (const auto& change : file->unsynced) apply_in_part(file->durable, change, dice, wreckage);
        file->unsynced.clear();
        file->content = file->durable;
    }
    return wreckage;
}

Disk::Entries Disk::snapshot() const
{
    Entries copies;
    for (const auto& [name, file] : entries_) copies.emplace(name, std::make_shared<File>(*file));
    return copies;
}

void Disk::restore(const Entries& snapshot)
{
    for (const auto& [name, copy] : snapshot)
        if (const auto found = entries_.find(name); found != entries_.end()) *found->second = *copy;
}

}  // namespace gonghui::simulation
