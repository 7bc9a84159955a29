#include "common/sqlite/wal_vfs.hpp"

#include "common/sqlite/database.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <stdexcept>
#include <string>

namespace gonghui::sqlite {
namespace {

// Calls that write, of this process so far.
std::int64_t writes()
{
    std::ifstream io("/proc/self/io");
    for (std::string name; io >> name;)
        if (std::int64_t value = 0; io >> value && name == "syscw:") return value;
    return -1;
}

// No file of this process can grow beyond `bytes` while it lives.
class RoomForFiles {
public:
    explicit RoomForFiles(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN))
    {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit less{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &less);
    }
    ~RoomForFiles()
    {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        static_cast<void>(std::signal(SIGXFSZ, signal_));
    }
    RoomForFiles(const RoomForFiles&) = delete;
    RoomForFiles& operator=(const RoomForFiles&) = delete;

private:
    rlimit before_{};
    void (*signal_)(int);
};

struct WriteAheadLog : testing::Test {
    static constexpr int rows = 64;

    test::TemporaryFolder folder;
    std::filesystem::path path = folder / "store.db";
    Database store{path, {.cache_kib = 64}};

    void SetUp() override { store.script("CREATE TABLE fills (number INTEGER PRIMARY KEY, fill BLOB)"); }

    // More than a page each, in one commit.
    void commit_rows()
    {
        Transaction transaction(store);
        for (int i = 0; i < rows; ++i) store.run("INSERT INTO fills (fill) VALUES (randomblob(9000))");
        transaction.commit();
    }
    static std::int64_t count(Database& database)
    {
        return database.value<std::int64_t>("SELECT count(*) FROM fills").value();
    }
};

TEST_F(WriteAheadLog, IsWrittenInLargePieces)
{
    if (writes() < 0) GTEST_SKIP() << "this kernel counts no calls";
    const auto before = writes();
    commit_rows();
    EXPECT_LT(writes() - before, rows / 2);  // 128 pages at least, in two calls each
}

// The cache is smaller than what is written, so that pages come back from the log before they are committed.
TEST_F(WriteAheadLog, IsReadAsItWasWrittenWithinAndAfterACommit)
{
    Database reader(path, {.access = Access::read_only});
    {
        Transaction transaction(store);
        for (int i = 0; i < rows; ++i) store.run("INSERT INTO fills (fill) VALUES (randomblob(9000))");
        EXPECT_EQ(store.value<std::int64_t>("SELECT sum(length(fill)) FROM fills"), rows * 9000);
        EXPECT_EQ(count(reader), 0);
        transaction.commit();
    }
    EXPECT_EQ(count(reader), rows);
    EXPECT_EQ(store.value<std::string>("PRAGMA integrity_check"), "ok");
}

TEST_F(WriteAheadLog, IsRolledBackAndWrittenOver)
{
    commit_rows();
    {
        const Transaction undone(store);
        store.run("UPDATE fills SET fill = zeroblob(9000)");
    }
    commit_rows();
    EXPECT_EQ(count(store), 2 * rows);
    EXPECT_EQ(store.value<std::int64_t>("SELECT count(*) FROM fills WHERE fill = zeroblob(9000)"), 0);
    EXPECT_EQ(store.value<std::string>("PRAGMA integrity_check"), "ok");
}

TEST_F(WriteAheadLog, SaysThatItCouldNotBeWritten)
{
    commit_rows();
    {
        const RoomForFiles room(std::filesystem::file_size(path.string() + "-wal") + 100'000);
        EXPECT_THROW(commit_rows(), Error);
    }
    EXPECT_EQ(count(store), rows);
    commit_rows();
    EXPECT_EQ(count(store), 2 * rows);
    EXPECT_EQ(store.value<std::string>("PRAGMA integrity_check"), "ok");
}

TEST(WalVfs, NeedsOneBelow)
{
    EXPECT_THROW(WalVfs("no such VFS"), std::invalid_argument);
}

}  // namespace
}  // namespace gonghui::sqlite
