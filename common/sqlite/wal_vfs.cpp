#include "common/sqlite/wal_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

namespace gonghui::sqlite {

namespace {

// Fits the cache of a core beside what it works on; a piece of 16 pages is written as fast as one of 100.
constexpr std::size_t piece_bytes = 128 * 1024;

sqlite3_vfs* below(sqlite3_vfs* vfs)
{
    return static_cast<sqlite3_vfs*>(vfs->pAppData);
}

// SQLite gives the memory (szOsFile) and knows it by its first member; the file below stands behind it.
struct Log : sqlite3_file {
    std::byte* piece = nullptr;
    std::size_t gathered = 0;                      // bytes in it
    sqlite3_int64 offset = 0;                      // where they belong
    std::optional<sqlite3_int64> unsynced_from{};  // the first byte that was written since the last sync
};

// The header of a frame, and more than that of a log.
constexpr std::array<std::byte, 24> no_header{};

constexpr std::size_t log_bytes =
    (sizeof(Log) + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);

Log& of(sqlite3_file* file)
{
    return *static_cast<Log*>(file);
}

sqlite3_file* file_below(sqlite3_file* file)
{
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(file) + log_bytes);
}

int hand_on(sqlite3_file* file)
{
    auto& log = of(file);
    if (log.gathered == 0) return SQLITE_OK;
    auto* const target = file_below(file);
    const auto size = static_cast<int>(std::exchange(log.gathered, 0));
    return target->pMethods->xWrite(target, log.piece, size, log.offset);
}

// Calls the file below when what was gathered is written.
template <auto Method, class... Arguments>
int after_handing_on(sqlite3_file* file, Arguments... arguments)
{
    if (const int code = hand_on(file); code != SQLITE_OK) return code;
    auto* const target = file_below(file);
    return (target->pMethods->*Method)(target, arguments...);
}

template <auto Method, class... Arguments>
int straight(sqlite3_file* file, Arguments... arguments)
{
    auto* const target = file_below(file);
    return (target->pMethods->*Method)(target, arguments...);
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset)
{
    auto& log = of(file);
    const auto bytes = static_cast<std::size_t>(size);
    const bool goes_on = offset == log.offset + static_cast<sqlite3_int64>(log.gathered);
    if (!goes_on || log.gathered + bytes > piece_bytes)
        if (const int code = hand_on(file); code != SQLITE_OK) return code;
    log.unsynced_from = std::min(log.unsynced_from.value_or(offset), offset);
    if (bytes > piece_bytes) return straight<&sqlite3_io_methods::xWrite>(file, data, size, offset);
    if (log.gathered == 0) log.offset = offset;
    std::memcpy(log.piece + log.gathered, data, bytes);
    log.gathered += bytes;
    return SQLITE_OK;
}

// Of a failed sync the kernel keeps what was written in memory and counts it as written: whoever opens the store next
// would read commits that the disk does not have, and tell others of them, until the power goes. So the first of their
// frames is made none: the log ends before it. (A. Rebello et al., "Can Applications Recover from fsync Failures?",
// USENIX ATC 2020.)
void take_back(sqlite3_file* file)
{
    if (const auto from = std::exchange(of(file).unsynced_from, std::nullopt))
        straight<&sqlite3_io_methods::xWrite>(file, static_cast<const void*>(no_header.data()),
                                              static_cast<int>(no_header.size()), *from);
}

int sync(sqlite3_file* file, int flags)
{
    const int code = after_handing_on<&sqlite3_io_methods::xSync, int>(file, flags);
    if (code == SQLITE_OK)
        of(file).unsynced_from.reset();
    else
        take_back(file);
    return code;
}

int close(sqlite3_file* file)
{
    const int written = hand_on(file);
    const int closed = straight<&sqlite3_io_methods::xClose>(file);
    delete[] of(file).piece;
    return written != SQLITE_OK ? written : closed;
}

const sqlite3_io_methods log_methods = {
    .iVersion = 1,
    .xClose = close,
    .xRead = after_handing_on<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = after_handing_on<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = sync,
    .xFileSize = after_handing_on<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = straight<&sqlite3_io_methods::xLock, int>,
    .xUnlock = straight<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = straight<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = after_handing_on<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = straight<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = straight<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_log(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* opened_as)
{
    auto* const log = new (file) Log();
    auto* const target = file_below(file);
    target->pMethods = nullptr;
    log->piece = new (std::nothrow) std::byte[piece_bytes];
    if (!log->piece) return SQLITE_NOMEM;
    const int code = below(vfs)->xOpen(below(vfs), path, target, flags, opened_as);
    if (target->pMethods) {
        log->pMethods = &log_methods;  // to be closed by SQLite, even if opening failed
    } else {
        delete[] std::exchange(log->piece, nullptr);
    }
    return code;
}

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* opened_as)
{
    if ((flags & SQLITE_OPEN_WAL) != 0) return open_log(vfs, path, file, flags, opened_as);
    return below(vfs)->xOpen(below(vfs), path, file, flags, opened_as);
}

template <auto Method, class... Arguments>
auto passed_on(sqlite3_vfs* vfs, Arguments... arguments)
{
    return (below(vfs)->*Method)(below(vfs), arguments...);
}

std::string next_name()
{
    static std::atomic<std::uint64_t> made = 0;
    return "gonghui.wal." + std::to_string(++made);
}

}  // namespace

WalVfs::WalVfs(const std::string& below) : name_(next_name())
{
    auto* const other = sqlite3_vfs_find(below.empty() ? nullptr : below.c_str());
    if (!other) throw std::invalid_argument("SQLite has no VFS named \"" + below + '"');
    // What is not named here (to load extensions, to replace system calls) the house does not use.
    vfs_ = std::make_unique<sqlite3_vfs>(sqlite3_vfs{});
    vfs_->iVersion = 2;
    vfs_->szOsFile = static_cast<int>(log_bytes) + other->szOsFile;
    vfs_->mxPathname = other->mxPathname;
    vfs_->zName = name_.c_str();
    vfs_->pAppData = other;
    vfs_->xOpen = open;
    vfs_->xDelete = passed_on<&sqlite3_vfs::xDelete, const char*, int>;
    vfs_->xAccess = passed_on<&sqlite3_vfs::xAccess, const char*, int, int*>;
    vfs_->xFullPathname = passed_on<&sqlite3_vfs::xFullPathname, const char*, int, char*>;
    vfs_->xRandomness = passed_on<&sqlite3_vfs::xRandomness, int, char*>;
    vfs_->xSleep = passed_on<&sqlite3_vfs::xSleep, int>;
    vfs_->xCurrentTime = passed_on<&sqlite3_vfs::xCurrentTime, double*>;
    // These two may be missing.
    if (other->xGetLastError) vfs_->xGetLastError = passed_on<&sqlite3_vfs::xGetLastError, int, char*>;
    if (other->iVersion >= 2 && other->xCurrentTimeInt64)
        vfs_->xCurrentTimeInt64 = passed_on<&sqlite3_vfs::xCurrentTimeInt64, sqlite3_int64*>;
    if (sqlite3_vfs_register(vfs_.get(), 0) != SQLITE_OK) throw std::bad_alloc();
}

WalVfs::~WalVfs()
{
    sqlite3_vfs_unregister(vfs_.get());
}

}  // namespace gonghui::sqlite
