#pragma once
// SQLite 3 with values in and rows out; the only place that includes sqlite3.h.
//
// One Database is one connection and belongs to one thread at a time. The writer of a store is also the only connection
// that checkpoints: Debian's SQLite 3.40.1 can corrupt a WAL when one connection commits while another checkpoints, so
// readers open with Access::read_only, which sets wal_autocheckpoint=0.

#include "common/bytes/bytes.hpp"
#include "common/ids/id.hpp"
#include "common/sealing/sealed.hpp"
#include "common/sqlite/wal_vfs.hpp"
#include "common/time/clock.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace gonghui::sqlite {

// Any failure of SQLite is a fault: the message being handled is undone.
class Error : public std::runtime_error {
public:
    Error(int extended_code, const std::string& message);
    [[nodiscard]] int extended_code() const { return extended_code_; }
    // Disk full, I/O, memory, corruption, read-only: the machine's fault, not the message's. It stops the partition.
    [[nodiscard]] bool machine_fault() const;
    // Of these: the file itself makes no sense, and will make none at the next try.
    [[nodiscard]] bool is_corruption() const;

private:
    int extended_code_;
};

enum class Access : std::uint8_t { create, read_write, read_only };

struct Options {
    Access access = Access::create;
    std::int64_t cache_kib = 8192;
    int page_bytes = 8192;       // of a file that is made now
    std::string vfs{};           // empty: the default VFS; the simulator names its own
    bool secure_delete = false;  // overwrite what is deleted (keys)
};

class Database;

// One prepared statement. Database's and Rows' own: nobody else needs it.
class Statement {
public:
    using Pool = std::vector<std::unique_ptr<Statement>>;

    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

private:
    friend class Database;
    friend class Rows;
    Statement(Database& database, sqlite3_stmt* handle, Pool& home);
    bool step();
    void reset();
    void check(int code) const;

    Database& database_;
    sqlite3_stmt* handle_;
    Pool& home_;  // where it lies while idle
    bool copies_parameters_ = true;
    bool done_ = false;
};

// The rows of one query. Resets its statement when destroyed. Views from `text` and `blob` live until the next `next`.
class Rows {
public:
    Rows(Rows&&) noexcept;
    Rows& operator=(Rows&&) = delete;
    ~Rows();

    bool next();
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] BytesView blob(int column) const;

    // int64, int, bool, std::string, Bytes, Sealed, Uuid, Id<Tag>, UtcTime, and std::optional of any of them (NULL).
    template <class T>
    [[nodiscard]] T get(int column) const;

private:
    friend class Database;
    explicit Rows(std::unique_ptr<Statement> statement) : statement_(std::move(statement)) {}
    std::unique_ptr<Statement> statement_;
};

class Database {
public:
    // WAL, synchronous=FULL, foreign keys on, trusted_schema off; waits 5 s for another writer. Throws Error; the
    // message names the path and, when the file system shows a reason, says what to do. No message ever holds a bound
    // value.
    // ":memory:" is a store without a file, for tests.
    explicit Database(const std::filesystem::path& path, const Options& options = {});
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // Prepared statements are kept by their text, so `sql` should be a literal: what changes belongs in parameters.
    // Parameters: integers, bool, text, BytesView/Bytes, Sealed, Uuid, Id, UtcTime, nullptr, std::optional of these.
    template <class... Values>
    void run(std::string_view sql, const Values&... values)
    {
        auto rows = start(Parameters::borrowed, sql, values...);
        while (rows.next()) {
        }
    }

    template <class... Values>
    [[nodiscard]] Rows query(std::string_view sql, const Values&... values)
    {
        return start(Parameters::copied, sql, values...);
    }

    // The first column of the first row; nullopt when there is no row or it is NULL.
    template <class T, class... Values>
    [[nodiscard]] std::optional<T> value(std::string_view sql, const Values&... values)
    {
        auto rows = start(Parameters::borrowed, sql, values...);
        if (!rows.next() || rows.is_null(0)) return std::nullopt;
        return rows.template get<T>(0);
    }

    // Moves what is in the write-ahead log into the store's file, as far as no reader needs the older pages; waits for
    // nobody. The writer's alone, as every checkpoint is.
    void checkpoint();
    // Gives the page cache back to the machine; what is needed next is read again.
    void release_memory() noexcept;

    void script(const std::string& sql);             // several statements, not kept
    [[nodiscard]] std::int64_t changes() const;      // rows changed by the last statement
    [[nodiscard]] std::int64_t all_changes() const;  // by all of them, also those that were rolled back since
    [[nodiscard]] bool in_transaction() const;       // false also after an error that rolled everything back
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] const std::string& vfs() const { return vfs_; }  // empty: the default one
    [[nodiscard]] sqlite3* handle() { return connection_; }

private:
    friend class Statement;

    // Copying text and blobs is for rows that outlive the call and thus the caller's values.
    enum class Parameters : std::uint8_t { borrowed, copied };

    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    template <class... Values>
    Rows start(Parameters parameters, std::string_view sql, const Values&... values)
    {
        auto statement = prepare(sql, parameters, sizeof...(values));
        int index = 0;
        (bind(*statement, ++index, values), ...);
        return Rows(std::move(statement));
    }

    void open(const Options& options);
    void configure(const Options& options);
    std::unique_ptr<Statement> prepare(std::string_view sql, Parameters parameters, std::size_t values);
    [[noreturn]] void fail(int code) const;

    static void bind(Statement& statement, int index, std::nullptr_t);
    static void bind(Statement& statement, int index, std::int64_t value);
    static void bind(Statement& statement, int index, double value);
    static void bind(Statement& statement, int index, std::string_view value);
    static void bind(Statement& statement, int index, BytesView value);
    static void bind(Statement& statement, int index, const Uuid& value) { bind(statement, index, value.view()); }
    static void bind(Statement& statement, int index, const Sealed& value)
    {
        bind(statement, index, BytesView(value.bytes));
    }
    static void bind(Statement& statement, int index, UtcTime value) { bind(statement, index, to_microseconds(value)); }
    static void bind(Statement& statement, int index, const Bytes& value) { bind(statement, index, BytesView(value)); }
    static void bind(Statement& statement, int index, const std::string& value)
    {
        bind(statement, index, std::string_view(value));
    }
    static void bind(Statement& statement, int index, const char* value)
    {
        bind(statement, index, std::string_view(value));
    }
    template <class Integer>
    requires std::is_integral_v<Integer>
    static void bind(Statement& statement, int index, Integer value)
    {
        bind(statement, index, static_cast<std::int64_t>(value));
    }
    template <class Tag>
    static void bind(Statement& statement, int index, const Id<Tag>& value)
    {
        bind(statement, index, value.uuid.view());
    }
    template <class T>
    static void bind(Statement& statement, int index, const std::optional<T>& value)
    {
        if (value)
            bind(statement, index, *value);
        else
            bind(statement, index, nullptr);
    }

    std::filesystem::path path_;
    std::string vfs_;
    std::optional<WalVfs> wal_vfs_;  // of a writer
    sqlite3* connection_ = nullptr;
    using Pools = std::unordered_map<std::string, Statement::Pool, TextHash, std::equal_to<>>;
    Pools::value_type& pool_of(std::string_view sql);

    Pools idle_;
    // By the address of a text: to compare it costs a tenth of hashing it.
    std::array<Pools::value_type*, 256> recent_{};
};

// BEGIN IMMEDIATE ... COMMIT; rolls back when destroyed uncommitted.
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& database_;
    bool open_ = true;
};

// BEGIN for several reads of one state; it ends with this object, whatever those came to. Within a transaction, or
// another of its kind, it is part of that.
class Snapshot {
public:
    explicit Snapshot(Database& database);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

private:
    Database& database_;
    bool is_own_;
};

// A message's own undo inside a group commit (1.4 microseconds); rolls back when destroyed unreleased.
class Savepoint {
public:
    explicit Savepoint(Database& database);
    ~Savepoint();
    Savepoint(const Savepoint&) = delete;
    Savepoint& operator=(const Savepoint&) = delete;
    void release();

private:
    Database& database_;
    bool open_ = true;
};

// One step in a store's history: `script` lifts the schema from `version - 1` to `version`.
struct Migration {
    int version;
    std::string_view script;
};

// Applies what is missing for `component` (a row per component in table `schema_versions`), each in one transaction.
// Throws StoreTooNew when the store has seen a later version than this program knows; nothing is changed then.
void migrate(Database& database, std::string_view component, const std::vector<Migration>& migrations);

class StoreTooNew : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// --- details -----------------------------------------------------------------------------------------------------

namespace detail {

template <class T>
struct Column;

template <>
struct Column<std::int64_t> {
    static std::int64_t get(const Rows& rows, int column) { return rows.integer(column); }
};
template <>
struct Column<int> {
    static int get(const Rows& rows, int column) { return static_cast<int>(rows.integer(column)); }
};
template <>
struct Column<bool> {
    static bool get(const Rows& rows, int column) { return rows.integer(column) != 0; }
};
template <>
struct Column<double> {
    static double get(const Rows& rows, int column) { return rows.real(column); }
};
template <>
struct Column<std::string> {
    static std::string get(const Rows& rows, int column) { return std::string(rows.text(column)); }
};
template <>
struct Column<Bytes> {
    static Bytes get(const Rows& rows, int column) { return to_bytes(rows.blob(column)); }
};
template <>
struct Column<Sealed> {
    static Sealed get(const Rows& rows, int column) { return Sealed{to_bytes(rows.blob(column))}; }
};
template <>
struct Column<Uuid> {
    static Uuid get(const Rows& rows, int column) { return Uuid::from_bytes(rows.blob(column)).value_or(Uuid{}); }
};
template <class Tag>
struct Column<Id<Tag>> {
    static Id<Tag> get(const Rows& rows, int column) { return Id<Tag>(Column<Uuid>::get(rows, column)); }
};
template <>
struct Column<UtcTime> {
    static UtcTime get(const Rows& rows, int column) { return from_microseconds(rows.integer(column)); }
};
template <class T>
struct Column<std::optional<T>> {
    static std::optional<T> get(const Rows& rows, int column)
    {
        if (rows.is_null(column)) return std::nullopt;
        return Column<T>::get(rows, column);
    }
};

}  // namespace detail

template <class T>
T Rows::get(int column) const
{
    return detail::Column<T>::get(*this, column);
}

}  // namespace gonghui::sqlite
