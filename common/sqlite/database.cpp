#include "common/sqlite/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace gonghui::sqlite {

namespace {

namespace fs = std::filesystem;

constexpr const char* in_memory = ":memory:";

bool accessible(const fs::path& path, int mode)
{
    return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
}

// Why a store could not be opened, and what to do; empty when the file system shows no reason.
std::string reason_of_failed_open(const fs::path& path, Access access)
{
    std::error_code ignored;
    const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    if (!fs::exists(folder, ignored))
        return "the folder " + folder.string() + " does not exist: create it or correct the path";
    if (!fs::is_directory(folder, ignored)) return folder.string() + " is not a folder: correct the path";
    if (fs::is_directory(path, ignored)) return "it is a folder: the path must name a file";
    const bool exists = fs::exists(path, ignored);
    if (!exists && access != Access::create) return "there is no such file: it is made when its service first starts";
    if (!accessible(folder, W_OK | X_OK))
        return "the folder " + folder.string() +
               " is read-only for this user: give write permission or choose another folder";
    const bool writes = access != Access::read_only;
    if (exists && !accessible(path, writes ? R_OK | W_OK : R_OK))
        return std::string("this user may not ") + (writes ? "write" : "read") + " it: correct its owner or its mode";
    return {};
}

int open_flags(Access access)
{
    // No mutex: a connection belongs to one thread at a time.
    constexpr int always = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    switch (access) {
        case Access::create:
            return always | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        case Access::read_write:
            return always | SQLITE_OPEN_READWRITE;
        case Access::read_only:
            return always | SQLITE_OPEN_READONLY;
    }
    throw std::logic_error("an access outside its enum");
}

// Before the first connection of the process. SQLite's own count of its memory takes a lock at every allocation, which
// costs an import a tenth of its time; nobody reads it.
void forgo_memory_count()
{
    static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(done);
}

sqlite3_destructor_type lifetime(bool copied)
{
    // The macro SQLITE_TRANSIENT hides a C cast.
    return copied ? reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1}) : nullptr;
}

}  // namespace

Error::Error(int extended_code, const std::string& message) : std::runtime_error(message), extended_code_(extended_code)
{
}

bool Error::machine_fault() const
{
    switch (extended_code_ & 0xff) {
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_NOMEM:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PROTOCOL:
            return true;
        default:
            return false;
    }
}

bool Error::is_corruption() const
{
    const int code = extended_code_ & 0xff;
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

// --- Statement ---------------------------------------------------------------------------------------------------

Statement::Statement(Database& database, sqlite3_stmt* handle, Pool& home)
    : database_(database), handle_(handle), home_(home)
{
}

Statement::~Statement()
{
    sqlite3_finalize(handle_);
}

bool Statement::step()
{
    // A further step after the last row would run the statement once more.
    if (done_) return false;
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    done_ = true;
    if (code != SQLITE_DONE) database_.fail(code);
    return false;
}

void Statement::reset()
{
    sqlite3_reset(handle_);  // repeats the error of the last step, which has been thrown
    // Borrowed values may be gone before the next use, which binds every parameter anew and looks at none of them.
    if (copies_parameters_) sqlite3_clear_bindings(handle_);
    done_ = false;
}

void Statement::check(int code) const
{
    if (code != SQLITE_OK) database_.fail(code);
}

// --- Rows --------------------------------------------------------------------------------------------------------

Rows::Rows(Rows&&) noexcept = default;

Rows::~Rows()
{
    if (!statement_) return;
    statement_->reset();
    auto& home = statement_->home_;
    try {
        home.push_back(std::move(statement_));
    } catch (const std::bad_alloc&) {
        statement_.reset();  // keeping it was only for speed
    }
}

bool Rows::next()
{
    return statement_->step();
}

bool Rows::is_null(int column) const
{
    return sqlite3_column_type(statement_->handle_, column) == SQLITE_NULL;
}

std::int64_t Rows::integer(int column) const
{
    return sqlite3_column_int64(statement_->handle_, column);
}

double Rows::real(int column) const
{
    return sqlite3_column_double(statement_->handle_, column);
}

std::string_view Rows::text(int column) const
{
    // The order matters: the size is that of the form which the first call made.
    const void* data = sqlite3_column_text(statement_->handle_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_->handle_, column));
    return {static_cast<const char*>(data), size};
}

BytesView Rows::blob(int column) const
{
    const void* data = sqlite3_column_blob(statement_->handle_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_->handle_, column));
    return {static_cast<const std::byte*>(data), size};
}

// --- Database ----------------------------------------------------------------------------------------------------

Database::Database(const std::filesystem::path& path, const Options& options) : path_(path), vfs_(options.vfs)
{
    try {
        open(options);
        configure(options);
    } catch (const Error& error) {
        idle_.clear();
        sqlite3_close(connection_);
        const bool on_real_files = options.vfs.empty() && path != in_memory;
        const auto reason = on_real_files && error.machine_fault() ? reason_of_failed_open(path, options.access) : "";
        if (reason.empty()) throw;
        throw Error(error.extended_code(), "cannot open " + path.string() + ": " + reason);
    }
}

Database::~Database()
{
    idle_.clear();
    sqlite3_close(connection_);
}

void Database::open(const Options& options)
{
    forgo_memory_count();
    const bool writes = options.access != Access::read_only;
    if (writes) wal_vfs_.emplace(options.vfs);
    const auto* named = options.vfs.empty() ? nullptr : options.vfs.c_str();
    const auto* vfs = writes ? wal_vfs_->name().c_str() : named;
    if (const int code = sqlite3_open_v2(path_.c_str(), &connection_, open_flags(options.access), vfs);
        code != SQLITE_OK)
        fail(code);
    // SQLite opens a file that it may not write for reading, and says so only at the first write.
    if (writes && sqlite3_db_readonly(connection_, "main") == 1)
        throw Error(SQLITE_READONLY, path_.string() + ": it cannot be written");
}

void Database::configure(const Options& options)
{
    sqlite3_busy_timeout(connection_, 5000);
    script("PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;");
    script("PRAGMA cache_size = " + std::to_string(-options.cache_kib));
    // Said either way: Debian builds SQLite with it on, which costs every store a write per freed page.
    script(options.secure_delete ? "PRAGMA secure_delete = ON" : "PRAGMA secure_delete = OFF");

    if (options.access == Access::read_only) {
        // Only the writer checkpoints (see the head of database.hpp), not even when a reader is the last to close.
        sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        script("PRAGMA wal_autocheckpoint = 0; PRAGMA query_only = ON; SELECT count(*) FROM sqlite_schema;");
        return;
    }
    // A checkpoint holds up whoever waits for a commit, so it is left to a quiet moment (see `checkpoint`) unless the
    // write-ahead log outgrows 64 MiB before one comes: 50 ms of copying and syncing, where 256 MiB take four times as
    // long. After a transaction larger than that the file is cut back to 128 MiB.
    script("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8192; PRAGMA journal_size_limit = 134217728;");
    // Of a new file; against 4 KiB an import takes 10 % less time: a log's record of 640 bytes fills a page better, and
    // every page is two system calls of the write-ahead log. 16 KiB and more gain nothing further.
    script("PRAGMA page_size = " + std::to_string(options.page_bytes));
    const auto mode = value<std::string>("PRAGMA journal_mode = WAL");
    if (mode != "wal" && path_ != in_memory)
        throw Error(SQLITE_CANTOPEN, path_.string() + ": its file system cannot keep a write-ahead log");
}

void Database::script(const std::string& sql)
{
    if (const int code = sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK)
        fail(code);
}

void Database::checkpoint()
{
    run("PRAGMA wal_checkpoint(PASSIVE)");
}

void Database::release_memory() noexcept
{
    sqlite3_db_release_memory(connection_);
}

std::int64_t Database::changes() const
{
    return sqlite3_changes64(connection_);
}

std::int64_t Database::all_changes() const
{
    return sqlite3_total_changes64(connection_);
}

bool Database::in_transaction() const
{
    return sqlite3_get_autocommit(connection_) == 0;
}

Database::Pools::value_type& Database::pool_of(std::string_view sql)
{
    auto& recent = recent_[(reinterpret_cast<std::uintptr_t>(sql.data()) >> 4) % recent_.size()];
    if (recent && recent->first == sql) return *recent;
    auto found = idle_.find(sql);
    if (found == idle_.end()) found = idle_.emplace(sql, Statement::Pool{}).first;
    return *(recent = &*found);
}

std::unique_ptr<Statement> Database::prepare(std::string_view sql, Parameters parameters, std::size_t values)
{
    auto& home = pool_of(sql).second;

    std::unique_ptr<Statement> statement;
    if (home.empty()) {
        sqlite3_stmt* handle = nullptr;
        const char* rest = nullptr;
        if (const int code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                                                SQLITE_PREPARE_PERSISTENT, &handle, &rest);
            code != SQLITE_OK)
            fail(code);
        statement.reset(new Statement(*this, handle, home));
        const std::string_view left(rest, static_cast<std::size_t>(sql.data() + sql.size() - rest));
        if (!handle || left.find_first_not_of(" \t\r\n;") != std::string_view::npos)
            throw Error(SQLITE_MISUSE, path_.string() + ": not exactly one statement: " + std::string(sql));
    } else {
        statement = std::move(home.back());
        home.pop_back();
    }
    if (const auto wanted = sqlite3_bind_parameter_count(statement->handle_);
        static_cast<std::size_t>(wanted) != values)
        throw Error(SQLITE_MISUSE, path_.string() + ": wants " + std::to_string(wanted) + " values, not " +
                                       std::to_string(values) + ": " + std::string(sql));
    statement->copies_parameters_ = parameters == Parameters::copied;
    return statement;
}

void Database::fail(int code) const
{
    // Without a connection (no memory for one) there is only the text of the code.
    const char* text = connection_ ? sqlite3_errmsg(connection_) : sqlite3_errstr(code);
    const int extended = connection_ ? sqlite3_extended_errcode(connection_) : code;
    throw Error((extended & 0xff) == (code & 0xff) ? extended : code, path_.string() + ": " + text);
}

void Database::bind(Statement& statement, int index, std::nullptr_t)
{
    statement.check(sqlite3_bind_null(statement.handle_, index));
}

void Database::bind(Statement& statement, int index, std::int64_t value)
{
    statement.check(sqlite3_bind_int64(statement.handle_, index, value));
}

void Database::bind(Statement& statement, int index, double value)
{
    statement.check(sqlite3_bind_double(statement.handle_, index, value));
}

void Database::bind(Statement& statement, int index, std::string_view value)
{
    // An empty view may point nowhere, which SQLite would take for NULL.
    statement.check(sqlite3_bind_text64(statement.handle_, index, value.data() ? value.data() : "", value.size(),
                                        lifetime(statement.copies_parameters_), SQLITE_UTF8));
}

void Database::bind(Statement& statement, int index, BytesView value)
{
    const void* data = value.data() ? static_cast<const void*>(value.data()) : "";
    statement.check(
        sqlite3_bind_blob64(statement.handle_, index, data, value.size(), lifetime(statement.copies_parameters_)));
}

// --- Transaction, Snapshot and Savepoint ----------------------------------------------------------------------------

namespace {

// Some errors (disk full, I/O) have already rolled everything back; nothing is left to undo then. A destructor cannot
// report more: what it fails to undo is undone when the connection closes, as it was never committed.
void undo(Database& database, std::initializer_list<std::string_view> statements) noexcept
{
    if (!database.in_transaction()) return;
    try {
        for (const auto statement : statements) database.run(statement);
    } catch (const std::exception&) {
        return;
    }
}

}  // namespace

Transaction::Transaction(Database& database) : database_(database)
{
    database_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction()
{
    if (open_) undo(database_, {"ROLLBACK"});
}

void Transaction::commit()
{
    database_.run("COMMIT");
    open_ = false;
}

Snapshot::Snapshot(Database& database) : database_(database), is_own_(!database.in_transaction())
{
    if (is_own_) database_.run("BEGIN");
}

Snapshot::~Snapshot()
{
    if (is_own_) undo(database_, {"ROLLBACK"});
}

Savepoint::Savepoint(Database& database) : database_(database)
{
    database_.run("SAVEPOINT message");
}

Savepoint::~Savepoint()
{
    if (open_) undo(database_, {"ROLLBACK TO message", "RELEASE message"});
}

void Savepoint::release()
{
    database_.run("RELEASE message");
    open_ = false;
}

}  // namespace gonghui::sqlite
