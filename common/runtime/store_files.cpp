#include "common/runtime/store_files.hpp"

#include "common/messaging/event_log.hpp"
#include "common/messaging/segments.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace gonghui::runtime {

namespace {

// "20261125T140312Z"
std::string stamp(UtcTime at)
{
    auto text = to_string(std::chrono::floor<std::chrono::seconds>(at)).substr(0, 19) + 'Z';
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

std::optional<UtcTime> parse_stamp(std::string_view text)
{
    if (text.size() != 16) return std::nullopt;
    std::string out(text);
    for (const std::size_t at : {13U, 11U}) out.insert(at, 1, ':');
    for (const std::size_t at : {6U, 4U}) out.insert(at, 1, '-');
    return parse_time(out);
}

bool is_sound(sqlite::Database& store, const messaging::Segment& segment)
{
    try {
        messaging::verify_segment(store, segment);
        return true;
    } catch (const messaging::BrokenChain&) {
        return false;
    } catch (const sqlite::Error&) {
        return false;
    }
}

}  // namespace

std::uintmax_t segment_bytes(const StoreFiles& files)
{
    std::uintmax_t bytes = 0;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(files.folder, none)) {
        const auto name = entry.path().filename().string();
        if (!name.starts_with(files.partition + '.') || !name.ends_with(".segment")) continue;
        const auto size = entry.file_size(none);
        if (!none) bytes += size;
    }
    return bytes;
}

BackupFiles backup_named(const std::filesystem::path& folder, std::string_view partition, UtcTime at)
{
    const auto name = std::string(partition) + '.' + stamp(at);
    return {at, folder / (name + ".db"), folder / (name + ".keyring.db")};
}

std::vector<BackupFiles> backups_of(const std::filesystem::path& folder, std::string_view partition)
{
    std::vector<BackupFiles> found;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
        const auto name = entry.path().filename().string();
        if (!name.starts_with(std::string(partition) + '.') || !name.ends_with(".db")) continue;
        const auto middle = std::string_view(name).substr(partition.size() + 1, name.size() - partition.size() - 4);
        if (const auto at = parse_stamp(middle)) found.push_back(backup_named(folder, partition, *at));
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.at > b.at; });
    return found;
}

void bring_segments(const std::filesystem::path& store, const std::filesystem::path& from)
{
    sqlite::Database database(store, {.access = sqlite::Access::read_write});
    for (const auto& segment : messaging::segments(database)) {
        const auto here = messaging::path_of(database, segment);
        const auto there = from / segment.file;
        if (!std::filesystem::exists(there) || is_sound(database, segment)) continue;
        const auto unfinished = std::filesystem::path(here.string() + ".part");
        std::filesystem::copy_file(there, unfinished, std::filesystem::copy_options::overwrite_existing);
        sync_to_disk(unfinished);
        if (std::filesystem::exists(here)) std::filesystem::rename(here, here.string() + ".replaced");
        std::filesystem::rename(unfinished, here);
    }
}

void sync_to_disk(const std::filesystem::path& file_or_folder)
{
    const int file = ::open(file_or_folder.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    const int why = errno;
    if (file >= 0) ::close(file);
    if (!synced) throw std::system_error(why, std::generic_category(), file_or_folder.string());
}

}  // namespace gonghui::runtime
