#include "common/sqlite/database.hpp"

#include "common/ids/seeded_random.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>

namespace gonghui::sqlite {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Store : testing::Test {
    test::TemporaryFolder folder;
    std::filesystem::path path = folder / "store.db";

    static Options with(Access access)
    {
        Options options;
        options.access = access;
        return options;
    }

    static void make_people(Database& database)
    {
        database.script("CREATE TABLE people (number INTEGER PRIMARY KEY, name TEXT UNIQUE) STRICT");
    }

    static std::int64_t count(Database& database)
    {
        return database.value<std::int64_t>("SELECT count(*) FROM people").value();
    }

    // What opening `where` says; fails the test when it opens or when it is not the machine's fault.
    static std::string refusal_to_open(const std::filesystem::path& where, Access access = Access::create)
    {
        try {
            const Database database(where, with(access));
            ADD_FAILURE() << where << " opened";
            return {};
        } catch (const Error& error) {
            EXPECT_TRUE(error.machine_fault()) << error.what();
            return error.what();
        }
    }
};

// --- opening -----------------------------------------------------------------------------------------------------

TEST_F(Store, WriterIsDurableAndStrict)
{
    Database database(path);
    EXPECT_EQ(database.value<std::string>("PRAGMA journal_mode"), "wal");
    EXPECT_EQ(database.value<int>("PRAGMA synchronous"), 2);
    EXPECT_EQ(database.value<int>("PRAGMA foreign_keys"), 1);
    EXPECT_EQ(database.value<int>("PRAGMA trusted_schema"), 0);
    EXPECT_EQ(database.value<int>("PRAGMA temp_store"), 2);
    EXPECT_EQ(database.value<int>("PRAGMA busy_timeout"), 5000);
    EXPECT_EQ(database.value<int>("PRAGMA wal_autocheckpoint"), 8192);
    EXPECT_EQ(database.value<int>("PRAGMA cache_size"), -8192);
    EXPECT_EQ(database.value<int>("PRAGMA secure_delete"), 0);
}

TEST_F(Store, CheckpointBringsTheStoreFileUpToDate)
{
    Database database(path);
    database.run("CREATE TABLE notes (text TEXT NOT NULL)");
    database.run("INSERT INTO notes VALUES (?)", std::string(100'000, 'x'));
    const auto before = std::filesystem::file_size(path);
    database.checkpoint();
    EXPECT_GT(std::filesystem::file_size(path), before + 100'000);
}

TEST_F(Store, ReaderNeitherWritesNorCheckpoints)
{
    Database writer(path);
    make_people(writer);
    Database reader(path, with(Access::read_only));
    EXPECT_EQ(reader.value<int>("PRAGMA wal_autocheckpoint"), 0);
    EXPECT_EQ(reader.value<int>("PRAGMA query_only"), 1);
    EXPECT_THROW(reader.run("INSERT INTO people (name) VALUES ('x')"), Error);
    EXPECT_EQ(count(reader), 0);
}

TEST_F(Store, ReaderSeesWhatIsCommittedWhileTheWriterGoesOn)
{
    Database writer(path);
    make_people(writer);
    Database reader(path, with(Access::read_only));
    Transaction transaction(writer);
    writer.run("INSERT INTO people (name) VALUES ('first')");
    EXPECT_EQ(count(reader), 0);
    transaction.commit();
    EXPECT_EQ(count(reader), 1);
}

TEST_F(Store, SecureDeleteIsOnWhenAskedFor)
{
    Options options;
    options.secure_delete = true;
    Database database(path, options);
    EXPECT_EQ(database.value<int>("PRAGMA secure_delete"), 1);
}

TEST_F(Store, LivesInMemoryForTests)
{
    Database database(":memory:");
    make_people(database);
    EXPECT_EQ(count(database), 0);
}

TEST_F(Store, MissingFolderIsNamed)
{
    const auto message = refusal_to_open(folder / "nowhere" / "store.db");
    EXPECT_THAT(message, HasSubstr((folder / "nowhere" / "store.db").string()));
    EXPECT_THAT(message, HasSubstr("does not exist: create it"));
}

TEST_F(Store, MissingFileIsNotMadeUnlessAskedFor)
{
    for (const auto access : {Access::read_only, Access::read_write})
        EXPECT_THAT(refusal_to_open(path, access), HasSubstr("there is no such file"));
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(Store, FolderInPlaceOfAFileIsNamed)
{
    EXPECT_THAT(refusal_to_open(folder.path()), HasSubstr("the path must name a file"));
}

TEST_F(Store, AnythingButADatabaseIsRefused)
{
    std::ofstream(path) << std::string(8192, 'x');
    EXPECT_THAT(refusal_to_open(path), HasSubstr("not a database"));
}

// Root may write everywhere, so the tests of modes step down for a moment.
struct StoreOfAnotherUser : Store {
    ~StoreOfAnotherUser() override
    {
        if (was_root) {
            EXPECT_EQ(::seteuid(0), 0);
        }
        std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
    }

    void make_read_only(const std::filesystem::path& what)
    {
        using std::filesystem::perms;
        const auto readable = perms::owner_read | perms::group_read | perms::others_read;
        const auto enterable = perms::owner_exec | perms::group_exec | perms::others_exec;
        std::filesystem::permissions(what, std::filesystem::is_directory(what) ? readable | enterable : readable);
        if (was_root) {
            ASSERT_EQ(::seteuid(65534), 0);
        }
    }

    bool was_root = ::geteuid() == 0;
};

TEST_F(StoreOfAnotherUser, ReadOnlyFolderIsNamed)
{
    make_read_only(folder.path());
    const auto message = refusal_to_open(path);
    EXPECT_THAT(message, HasSubstr(folder.path().string() + " is read-only"));
    EXPECT_THAT(message, HasSubstr("give write permission"));
}

TEST_F(StoreOfAnotherUser, ReadOnlyFileIsNamed)
{
    {
        const Database made(path);
    }
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    make_read_only(path);
    EXPECT_THAT(refusal_to_open(path), HasSubstr("may not write it"));
}

// --- values and rows -----------------------------------------------------------------------------------------------

TEST_F(Store, ValuesComeBackAsTheyWent)
{
    Database database(path);
    SeededRandom random(1);
    const auto uuid = make_random_uuid(random);
    const Id<struct PersonTag> id(uuid);
    const auto time = from_microseconds(1772366400'123456);
    const Bytes bytes{std::byte{0}, std::byte{255}};

    auto rows = database.query("SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?", 42, true, std::string("a\0b", 3), bytes,
                               Sealed{bytes}, uuid, id, time, 2.5, INT64_MIN);
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.get<int>(0), 42);
    EXPECT_EQ(rows.get<bool>(1), true);
    EXPECT_EQ(rows.get<std::string>(2), std::string("a\0b", 3));
    EXPECT_EQ(rows.get<Bytes>(3), bytes);
    EXPECT_EQ(rows.get<Sealed>(4), Sealed{bytes});
    EXPECT_EQ(rows.get<Uuid>(5), uuid);
    EXPECT_EQ(rows.get<Id<struct PersonTag>>(6), id);
    EXPECT_EQ(rows.get<UtcTime>(7), time);
    EXPECT_EQ(rows.get<double>(8), 2.5);
    EXPECT_EQ(rows.get<std::int64_t>(9), INT64_MIN);
    EXPECT_FALSE(rows.next());
}

TEST_F(Store, NothingIsNullAndEmptyIsNot)
{
    Database database(path);
    auto rows = database.query("SELECT ?, ?, ?, ?, ?", nullptr, std::optional<int>{}, std::optional<int>{7},
                               std::string_view{}, BytesView{});
    ASSERT_TRUE(rows.next());
    EXPECT_TRUE(rows.is_null(0));
    EXPECT_EQ(rows.get<std::optional<int>>(1), std::nullopt);
    EXPECT_EQ(rows.get<std::optional<int>>(2), 7);
    EXPECT_EQ(rows.get<std::optional<std::string>>(3), "");
    EXPECT_EQ(rows.get<std::optional<Bytes>>(4), Bytes{});
}

TEST_F(Store, ValueIsTheFirstColumnOfTheFirstRow)
{
    Database database(path);
    make_people(database);
    EXPECT_EQ(database.value<int>("SELECT 1 FROM people"), std::nullopt);
    EXPECT_EQ(database.value<int>("SELECT NULL"), std::nullopt);
    EXPECT_EQ(database.value<std::string>("SELECT ? UNION ALL SELECT 'b'", "a"), "a");
}

TEST_F(Store, RowsOutliveTheValuesThatTheyWereAskedWith)
{
    Database database(path);
    auto rows = [&] {
        const std::string gone_soon(1000, 'x');
        return database.query("SELECT ?", gone_soon);
    }();
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(0), std::string(1000, 'x'));
}

TEST_F(Store, TheSameQueryRunsWithinItself)
{
    Database database(path);
    constexpr auto sql = "SELECT value FROM (SELECT 1 AS value UNION SELECT 2 UNION SELECT 3) WHERE value > ?";
    std::vector<int> seen;
    for (int round = 0; round < 2; ++round) {
        auto outer = database.query(sql, 1);
        while (outer.next()) {
            auto inner = database.query(sql, outer.get<int>(0));
            while (inner.next()) seen.push_back(outer.get<int>(0) * 10 + inner.get<int>(0));
        }
    }
    EXPECT_EQ(seen, (std::vector{23, 23}));
}

TEST_F(Store, AFinishedQueryDoesNotStartAgain)
{
    Database database(path);
    auto rows = database.query("SELECT 1");
    EXPECT_TRUE(rows.next());
    EXPECT_FALSE(rows.next());
    EXPECT_FALSE(rows.next());
}

TEST_F(Store, CountsChanges)
{
    Database database(path);
    make_people(database);
    database.run("INSERT INTO people (name) VALUES ('a'), ('b')");
    EXPECT_EQ(database.changes(), 2);
}

TEST_F(Store, WrongNumberOfValuesIsAnError)
{
    Database database(path);
    EXPECT_THROW(database.run("SELECT ?, ?", 1), Error);
    EXPECT_THROW(database.run("SELECT ?", 1, 2), Error);
    EXPECT_THROW(database.run("SELECT 1; SELECT 2"), Error);
    EXPECT_THROW(database.run(""), Error);
    EXPECT_NO_THROW(database.run("SELECT ?;\n", 1));
}

TEST_F(Store, ErrorsNameTheFileButNeverAValue)
{
    Database database(path);
    make_people(database);
    database.run("INSERT INTO people (name) VALUES (?)", "Zhang Wei");
    try {
        database.run("INSERT INTO people (name) VALUES (?)", "Zhang Wei");
        FAIL() << "a duplicate was taken";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr(path.string()));
        EXPECT_THAT(error.what(), HasSubstr("UNIQUE constraint failed: people.name"));
        EXPECT_THAT(error.what(), Not(HasSubstr("Zhang")));
        EXPECT_FALSE(error.machine_fault());
    }
    // The statement is fit for use again.
    database.run("INSERT INTO people (name) VALUES (?)", "Li Na");
    EXPECT_EQ(count(database), 2);
}

TEST_F(Store, AFullDiskIsTheMachinesFault)
{
    Database database(path);
    make_people(database);
    database.script("PRAGMA max_page_count = 4");
    try {
        Transaction transaction(database);
        database.run("INSERT INTO people (name) VALUES (?)", std::string(100'000, 'x'));
        FAIL() << "100 kB went into four pages";
    } catch (const Error& error) {
        EXPECT_TRUE(error.machine_fault());
    }
    EXPECT_FALSE(database.in_transaction());
    EXPECT_EQ(count(database), 0);
}

TEST(Error, OnlyTheMachinesFaultsStopAPartition)
{
    constexpr int io_error_read = 10 | (1 << 8), constraint_unique = 19 | (8 << 8);
    EXPECT_TRUE(Error(io_error_read, "").machine_fault());
    for (const int code : {7, 8, 10, 11, 13, 14, 15, 26}) EXPECT_TRUE(Error(code, "").machine_fault()) << code;
    for (const int code : {1, 5, 6, 19, 20, 21, 25, constraint_unique})
        EXPECT_FALSE(Error(code, "").machine_fault()) << code;
}

// --- transactions --------------------------------------------------------------------------------------------------

TEST_F(Store, AnUncommittedTransactionLeavesNothing)
{
    Database database(path);
    make_people(database);
    {
        const Transaction transaction(database);
        database.run("INSERT INTO people (name) VALUES ('a')");
    }
    EXPECT_EQ(count(database), 0);
    {
        Transaction transaction(database);
        database.run("INSERT INTO people (name) VALUES ('b')");
        transaction.commit();
    }
    EXPECT_EQ(count(database), 1);
}

TEST_F(Store, AnUnreleasedSavepointUndoesItsMessageAlone)
{
    Database database(path);
    make_people(database);
    Transaction transaction(database);
    for (const bool good : {true, false, true}) {
        Savepoint savepoint(database);
        database.run("INSERT INTO people (name) VALUES (NULL)");
        if (good) savepoint.release();
    }
    transaction.commit();
    EXPECT_EQ(count(database), 2);
}

TEST_F(Store, SavepointsNest)
{
    Database database(path);
    make_people(database);
    Transaction transaction(database);
    Savepoint outer(database);
    database.run("INSERT INTO people (name) VALUES ('outer')");
    {
        const Savepoint inner(database);
        database.run("INSERT INTO people (name) VALUES ('inner')");
    }
    outer.release();
    transaction.commit();
    EXPECT_EQ(database.value<std::string>("SELECT group_concat(name) FROM people"), "outer");
}

TEST_F(Store, ASavepointIsUndoneWhileRowsAreStillOpen)
{
    Database database(path);
    make_people(database);
    Transaction transaction(database);
    database.run("INSERT INTO people (name) VALUES ('a'), ('b')");
    auto rows = database.query("SELECT name FROM people");
    ASSERT_TRUE(rows.next());
    {
        const Savepoint savepoint(database);
        database.run("INSERT INTO people (name) VALUES ('c')");
    }
    EXPECT_EQ(count(database), 2);
}

// --- migrations ----------------------------------------------------------------------------------------------------

const std::vector<Migration> first_version{{1, "CREATE TABLE notes (text TEXT)"}};
const std::vector<Migration> second_version{
    {1, "CREATE TABLE notes (text TEXT)"},
    {2, "ALTER TABLE notes ADD COLUMN at INTEGER; INSERT INTO notes (at) VALUES (1)"}};

TEST_F(Store, MigrationsAreAppliedOnce)
{
    Database database(path);
    migrate(database, "notes", first_version);
    migrate(database, "notes", first_version);
    migrate(database, "notes", second_version);
    migrate(database, "notes", second_version);
    EXPECT_EQ(database.value<int>("SELECT count(*) FROM notes"), 1);
    EXPECT_EQ(database.value<int>("SELECT version FROM schema_versions WHERE component = 'notes'"), 2);
}

TEST_F(Store, ComponentsHaveVersionsOfTheirOwn)
{
    Database database(path);
    migrate(database, "notes", second_version);
    migrate(database, "marks", {{1, "CREATE TABLE marks (x)"}});
    EXPECT_EQ(database.value<int>("SELECT version FROM schema_versions WHERE component = 'marks'"), 1);
}

TEST_F(Store, AStoreFromANewerProgramIsLeftAlone)
{
    Database database(path);
    migrate(database, "notes", second_version);
    try {
        migrate(database, "notes", first_version);
        FAIL() << "a newer store was taken";
    } catch (const StoreTooNew& error) {
        for (const auto* part : {"store.db", "\"notes\"", "version 2", "up to 1", "install the newer program"})
            EXPECT_THAT(error.what(), HasSubstr(part));
    }
    EXPECT_EQ(database.value<int>("SELECT version FROM schema_versions WHERE component = 'notes'"), 2);
}

TEST_F(Store, AFailedMigrationChangesNothing)
{
    Database database(path);
    EXPECT_THROW(migrate(database, "notes", {{1, "CREATE TABLE notes (x); CREATE TABLE notes (x)"}}), Error);
    EXPECT_EQ(database.value<int>("SELECT count(*) FROM sqlite_schema"), 0);
    migrate(database, "notes", first_version);
}

TEST_F(Store, MigrationsAreNumberedWithoutGaps)
{
    Database database(path);
    EXPECT_THROW(migrate(database, "notes", {{2, "CREATE TABLE notes (x)"}}), std::logic_error);
}

}  // namespace
}  // namespace gonghui::sqlite
