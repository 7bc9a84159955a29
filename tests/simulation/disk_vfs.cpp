#include "tests/simulation/disk_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

namespace gonghui::simulation {

namespace {

struct OpenFile;

constexpr std::size_t region_bytes = 32 * 1024;

// What the connections to one file share beside its bytes. Gone with the last of them, as a wal-index is: whoever comes
// next recovers it from the log.
struct Sharing {
    int shared = 0;  // holders of SHARED, whatever else they hold
    const OpenFile* reserved = nullptr;
    const OpenFile* pending = nullptr;
    const OpenFile* exclusive = nullptr;

    struct Slot {
        int shared = 0;
        const OpenFile* exclusive = nullptr;
    };
    std::array<Slot, SQLITE_SHM_NLOCK> slots;
    std::vector<std::unique_ptr<std::array<std::byte, region_bytes>>> regions;
    int mapped = 0;  // connections
};

}  // namespace

struct DiskVfs::State {
    std::string name;
    Disk& disk;
    sqlite3_vfs vfs{};
    std::map<const File*, Sharing> sharing;
};

namespace {

// SQLite gives the memory (szOsFile) and knows it by its first member.
struct OpenFile : sqlite3_file {
    DiskVfs::State* state = nullptr;
    Process* process = nullptr;  // whose it is; null: the simulation's own
    Disk::Handle file;
    std::string name;
    int lock = SQLITE_LOCK_NONE;
    bool syncs_folder = false;  // its first sync makes its name durable, as SQLite's own VFS does it for logs
    bool deleted_on_close = false;
    bool has_mapped = false;
    std::uint8_t shm_shared = 0, shm_exclusive = 0;  // bit per slot
};

OpenFile& of(sqlite3_file* file)
{
    return *static_cast<OpenFile*>(file);
}

Sharing& sharing_of(OpenFile& file)
{
    return file.state->sharing[file.file.get()];
}

Trouble trouble_of(Process* process, Operation operation)
{
    return process ? process->meet(operation) : Trouble::none;
}

bool is_dead(const Process* process)
{
    return process && !process->is_alive();
}

BytesView bytes_of(const void* data, std::size_t size)
{
    return {static_cast<const std::byte*>(data), size};
}

// --- bytes -------------------------------------------------------------------------------------------------------

int read(sqlite3_file* handle, void* out, int size, sqlite3_int64 offset)
{
    auto& file = of(handle);
    if (is_dead(file.process) || trouble_of(file.process, Operation::read) != Trouble::none) return SQLITE_IOERR_READ;
    const std::span into(static_cast<std::byte*>(out), static_cast<std::size_t>(size));
    return Disk::read(*file.file, static_cast<std::size_t>(offset), into) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* handle, const void* data, int size, sqlite3_int64 offset)
{
    auto& file = of(handle);
    if (is_dead(file.process)) return SQLITE_IOERR_WRITE;
    auto bytes = bytes_of(data, static_cast<std::size_t>(size));
    const auto at = static_cast<std::size_t>(offset);
    const bool no_room = file.state->disk.full && file.process && at + bytes.size() > file.file->content.size();
    const auto trouble = trouble_of(file.process, Operation::write);
    if (no_room || trouble != Trouble::none) {
        // Some of it may have got through before.
        bytes = bytes.first(file.process->dice().below(bytes.size() + 1));
        if (!no_room) Disk::write(*file.file, at, bytes);
        return no_room ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    }
    Disk::write(*file.file, at, bytes);
    return SQLITE_OK;
}

int truncate(sqlite3_file* handle, sqlite3_int64 size)
{
    auto& file = of(handle);
    if (is_dead(file.process)) return SQLITE_IOERR_TRUNCATE;
    if (trouble_of(file.process, Operation::write) != Trouble::none) return SQLITE_IOERR_TRUNCATE;
    Disk::truncate(*file.file, static_cast<std::size_t>(size));
    return SQLITE_OK;
}

int sync(sqlite3_file* handle, int)
{
    auto& file = of(handle);
    if (is_dead(file.process)) return SQLITE_IOERR_FSYNC;
    switch (trouble_of(file.process, Operation::sync)) {
        case Trouble::none:
            break;
        case Trouble::sync_error:
            Disk::fail_sync(*file.file, file.process->dice());
            return SQLITE_IOERR_FSYNC;
        default:
            return SQLITE_IOERR_FSYNC;
    }
    if (file.name.empty() || file.name != file.state->disk.never_synced) Disk::sync(*file.file);
    if (std::exchange(file.syncs_folder, false)) file.state->disk.sync_folder();
    return SQLITE_OK;
}

int file_size(sqlite3_file* handle, sqlite3_int64* size)
{
    *size = static_cast<sqlite3_int64>(of(handle).file->content.size());
    return SQLITE_OK;
}

// --- locks -------------------------------------------------------------------------------------------------------

int unlock(sqlite3_file* handle, int level)
{
    auto& file = of(handle);
    if (file.lock <= level) return SQLITE_OK;
    auto& sharing = sharing_of(file);
    for (auto* held : {&sharing.reserved, &sharing.pending, &sharing.exclusive})
        if (*held == &file) *held = nullptr;
    if (level == SQLITE_LOCK_NONE) --sharing.shared;
    file.lock = level;
    return SQLITE_OK;
}

int lock(sqlite3_file* handle, int level)
{
    auto& file = of(handle);
    if (file.lock >= level) return SQLITE_OK;
    auto& sharing = sharing_of(file);
    const auto held_by_other = [&](const OpenFile* holder) {
        return holder && holder != &file;
    };
    if (held_by_other(sharing.exclusive) || held_by_other(sharing.pending)) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_SHARED) {
        ++sharing.shared;
    } else {
        if (held_by_other(sharing.reserved)) return SQLITE_BUSY;
        if (level == SQLITE_LOCK_RESERVED) sharing.reserved = &file;
        if (level == SQLITE_LOCK_EXCLUSIVE) {
            sharing.pending = &file;
            if (sharing.shared > 1) {
                file.lock = SQLITE_LOCK_PENDING;
                return SQLITE_BUSY;
            }
            sharing.exclusive = &file;
        }
    }
    file.lock = level;
    return SQLITE_OK;
}

int check_reserved_lock(sqlite3_file* handle, int* result)
{
    const auto& sharing = sharing_of(of(handle));
    *result = sharing.reserved || sharing.exclusive ? 1 : 0;
    return SQLITE_OK;
}

// --- the wal-index ------------------------------------------------------------------------------------------------

int shm_map(sqlite3_file* handle, int number, int size, int extend, void volatile** memory)
{
    auto& file = of(handle);
    *memory = nullptr;
    if (is_dead(file.process)) return SQLITE_IOERR_SHMMAP;
    if (size != static_cast<int>(region_bytes)) return SQLITE_IOERR_SHMSIZE;
    auto& sharing = sharing_of(file);
    if (!file.has_mapped) ++sharing.mapped;
    file.has_mapped = true;
    const auto wanted = static_cast<std::size_t>(number) + 1;
    if (sharing.regions.size() < wanted && !extend) return SQLITE_OK;
    while (sharing.regions.size() < wanted)
        sharing.regions.push_back(std::make_unique<std::array<std::byte, region_bytes>>());
    *memory = sharing.regions[wanted - 1]->data();
    return SQLITE_OK;
}

int shm_lock(sqlite3_file* handle, int first, int count, int flags)
{
    auto& file = of(handle);
    if (is_dead(file.process) && !(flags & SQLITE_SHM_UNLOCK)) return SQLITE_IOERR_SHMLOCK;
    auto& slots = sharing_of(file).slots;
    const auto end = first + count;
    const auto bit = [](int slot) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(slot));
    };
    if (flags & SQLITE_SHM_UNLOCK) {
        for (auto i = first; i < end; ++i) {
            auto& slot = slots[static_cast<std::size_t>(i)];
            if (slot.exclusive == &file) slot.exclusive = nullptr;
            if (file.shm_shared & bit(i)) --slot.shared;
            file.shm_shared = static_cast<std::uint8_t>(file.shm_shared & ~bit(i));
        }
        return SQLITE_OK;
    }
    const bool wants_exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    for (auto i = first; i < end; ++i) {
        const auto& slot = slots[static_cast<std::size_t>(i)];
        if (slot.exclusive && slot.exclusive != &file) return SQLITE_BUSY;
        if (wants_exclusive && slot.shared > (file.shm_shared & bit(i) ? 1 : 0)) return SQLITE_BUSY;
    }
    for (auto i = first; i < end; ++i) {
        auto& slot = slots[static_cast<std::size_t>(i)];
        if (wants_exclusive) {
            slot.exclusive = &file;
        } else if (!(file.shm_shared & bit(i))) {
            ++slot.shared;
            file.shm_shared = static_cast<std::uint8_t>(file.shm_shared | bit(i));
        }
    }
    return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) {}

int shm_unmap(sqlite3_file* handle, int)
{
    auto& file = of(handle);
    if (!file.has_mapped) return SQLITE_OK;
    shm_lock(handle, 0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK);
    file.has_mapped = false;
    auto& sharing = sharing_of(file);
    if (--sharing.mapped == 0) sharing.regions.clear();
    return SQLITE_OK;
}

// --- the file itself ----------------------------------------------------------------------------------------------

int close(sqlite3_file* handle)
{
    auto& file = of(handle);
    shm_unmap(handle, 0);
    unlock(handle, SQLITE_LOCK_NONE);
    if (file.deleted_on_close && !is_dead(file.process)) file.state->disk.remove(file.name);
    if (const auto& left = sharing_of(file); left.shared == 0 && left.mapped == 0)
        file.state->sharing.erase(file.file.get());
    file.~OpenFile();
    return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*)
{
    return SQLITE_NOTFOUND;
}

int sector_size(sqlite3_file*)
{
    return 4096;
}

int device_characteristics(sqlite3_file*)
{
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;  // as SQLite takes it for every disk of today
}

constexpr sqlite3_io_methods methods{2,
                                     close,
                                     read,
                                     write,
                                     truncate,
                                     sync,
                                     file_size,
                                     lock,
                                     unlock,
                                     check_reserved_lock,
                                     file_control,
                                     sector_size,
                                     device_characteristics,
                                     shm_map,
                                     shm_lock,
                                     shm_barrier,
                                     shm_unmap,
                                     nullptr,
                                     nullptr};

// --- the folder ---------------------------------------------------------------------------------------------------

DiskVfs::State& state_of(sqlite3_vfs* vfs)
{
    return *static_cast<DiskVfs::State*>(vfs->pAppData);
}

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* handle, int flags, int* flags_out)
{
    handle->pMethods = nullptr;
    auto* process = Process::running();
    if (is_dead(process) || trouble_of(process, Operation::open) != Trouble::none) return SQLITE_CANTOPEN;
    auto& state = state_of(vfs);
    auto file =
        name ? state.disk.open(name, (flags & SQLITE_OPEN_CREATE) != 0) : std::make_shared<File>();  // a temporary one
    if (!file) return SQLITE_CANTOPEN;
    auto* opened = new (handle) OpenFile;
    opened->pMethods = &methods;
    opened->state = &state;
    opened->process = process;
    opened->file = std::move(file);
    opened->name = name ? name : "";
    opened->syncs_folder = (flags & SQLITE_OPEN_CREATE) &&
                           (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL));
    opened->deleted_on_close = name && (flags & SQLITE_OPEN_DELETEONCLOSE);
    if (flags_out) *flags_out = flags;
    return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_folder)
{
    auto* process = Process::running();
    if (is_dead(process) || trouble_of(process, Operation::write) != Trouble::none) return SQLITE_IOERR_DELETE;
    auto& disk = state_of(vfs).disk;
    if (!disk.exists(name)) return SQLITE_IOERR_DELETE_NOENT;
    disk.remove(name);
    if (sync_folder) disk.sync_folder();
    return SQLITE_OK;
}

int access(sqlite3_vfs* vfs, const char* name, int, int* result)
{
    *result = state_of(vfs).disk.exists(name) ? 1 : 0;
    return SQLITE_OK;
}

int full_pathname(sqlite3_vfs*, const char* name, int size, char* out)
{
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* out)
{
    std::memset(out, 0, static_cast<std::size_t>(size));  // never asked: see seed_sqlite
    return size;
}

int sleep(sqlite3_vfs*, int microseconds)
{
    return microseconds;  // whoever is waited for cannot run meanwhile: let the waiting run out
}

int current_time(sqlite3_vfs*, sqlite3_int64* now)
{
    *now = 0;  // nobody asks SQLite for the time
    return SQLITE_OK;
}

}  // namespace

DiskVfs::DiskVfs(std::string name, Disk& disk) : state_(std::make_unique<State>(State{std::move(name), disk, {}, {}}))
{
    auto& vfs = state_->vfs;
    vfs.iVersion = 2;
    vfs.szOsFile = sizeof(OpenFile);
    vfs.mxPathname = 512;
    vfs.zName = state_->name.c_str();
    vfs.pAppData = state_.get();
    vfs.xOpen = open;
    vfs.xDelete = remove;
    vfs.xAccess = access;
    vfs.xFullPathname = full_pathname;
    vfs.xRandomness = randomness;
    vfs.xSleep = sleep;
    vfs.xCurrentTimeInt64 = current_time;
    sqlite3_vfs_register(&vfs, 0);
}

DiskVfs::~DiskVfs()
{
    sqlite3_vfs_unregister(&state_->vfs);
}

const std::string& DiskVfs::name() const
{
    return state_->name;
}

void seed_sqlite(std::uint64_t seed)
{
    const auto folded = static_cast<std::uint32_t>(seed ^ (seed >> 32)) | 1U;  // 0 would mean: by the machine
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(folded), nullptr);
}

}  // namespace gonghui::simulation
