#include "common/runtime/store_files.hpp"

#include "common/process/exit_codes.hpp"
#include "common/runtime/store_lock.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace gonghui::runtime {
namespace {

using testing::HasSubstr;

constexpr std::int64_t noon = 1'767'268'800;  // of 2026-01-01, in seconds

struct StoreFilesTest : testing::Test {
    test::TemporaryFolder folder;

    void make(const std::string& name) const { std::ofstream(folder / name) << "x"; }
};

TEST_F(StoreFilesTest, ACopyIsFoundUnderTheNameThatItWasGiven)
{
    const auto older = backup_named(folder.path(), "training-0", from_microseconds(noon * 1'000'000));
    const auto newer = backup_named(folder.path(), "training-0", from_microseconds((noon + 61) * 1'000'000 + 5));
    EXPECT_EQ(older.store.filename(), "training-0.20260101T120000Z.db");
    EXPECT_EQ(newer.keyring.filename(), "training-0.20260101T120101Z.keyring.db");
    for (const auto& made : {older, newer}) {
        make(made.store.filename());
        make(made.keyring.filename());
    }
    const auto found = backups_of(folder.path(), "training-0");
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].store, newer.store) << "the newest first";
    EXPECT_EQ(found[1].at, older.at);
}

TEST_F(StoreFilesTest, WhatIsNoFinishedCopyIsPassedOver)
{
    for (const auto* name : {"training-0.20260101T120000Z.db.part", "training-0.20260101T120000Z.keyring.db",
                             "training-1.20260101T120000Z.db", "training-01.20260101T120000Z.db", "training-0.db",
                             "training-0.20261301T120000Z.db", "training-0.yesterday.db", "training-0.txt"})
        make(name);
    EXPECT_TRUE(backups_of(folder.path(), "training-0").empty());
    EXPECT_TRUE(backups_of(folder / "missing", "training-0").empty());
}

TEST_F(StoreFilesTest, WhatCannotBeSyncedIsNamed)
{
    make("there");
    sync_to_disk(folder / "there");
    sync_to_disk(folder.path());
    try {
        sync_to_disk(folder / "missing");
        FAIL() << "a missing file was synced";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
        EXPECT_THAT(error.what(), HasSubstr("missing"));
    }
}

// --- the lock of a store ---

process::Exit refusal(const std::filesystem::path& store, std::string_view says)
{
    try {
        const StoreLock lock(store);
    } catch (const process::Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr(std::string(says)));
        return failure.code();
    }
    ADD_FAILURE() << store << " was locked";
    return process::Exit::ok;
}

TEST_F(StoreFilesTest, AStoreIsLockedByOneAtATime)
{
    {
        const StoreLock first(folder / "a.db");
        EXPECT_EQ(refusal(folder / "a.db", "a.db is in use by another process"), process::Exit::unavailable);
        const StoreLock of_another(folder / "b.db");
    }
    const StoreLock next(folder / "a.db");
}

TEST_F(StoreFilesTest, AStoreWithoutAFolderIsNotLocked)
{
    EXPECT_EQ(refusal(folder.path() / "missing" / "a.db", "a folder that it may write to"),
              process::Exit::cannot_create);
}

}  // namespace
}  // namespace gonghui::runtime
