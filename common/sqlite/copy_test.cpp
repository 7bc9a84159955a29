#include "common/sqlite/copy.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace gonghui::sqlite {
namespace {

class CopyTest : public testing::Test {
protected:
    CopyTest()
    {
        std::filesystem::create_directories(folder_);
        source_.emplace(folder_ / "source.db");
        source_->script("CREATE TABLE numbers (n INTEGER PRIMARY KEY, text TEXT)");
        add(1, 2000);
    }
    ~CopyTest() override
    {
        source_.reset();
        std::filesystem::remove_all(folder_);
    }

    void add(int first, int last)
    {
        Transaction transaction(*source_);
        for (int n = first; n <= last; ++n)
            source_->run("INSERT INTO numbers VALUES (?1, ?2)", n, std::string(200, 'x'));
        transaction.commit();
    }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("gonghui-copy-" + std::to_string(::getpid()));
    std::optional<Database> source_;
};

TEST_F(CopyTest, HoldsWhatTheWriterCommittedWhileItWasMade)
{
    int steps = 0;
    {
        Copy copy(*source_, folder_ / "copy.db");
        for (; !copy.step(4); ++steps) {
            if (steps < 5) add(10'000 + 100 * steps, 10'000 + 100 * steps + 9);
            if (steps == 6) source_->run("DELETE FROM numbers WHERE n = 1");
            if (steps == 7) {  // undone: of this nothing must be there
                Transaction transaction(*source_);
                source_->run("DELETE FROM numbers");
            }
        }
    }
    EXPECT_GT(steps, 10);
    Database copied(folder_ / "copy.db");
    EXPECT_FALSE(complaint_about(copied));
    EXPECT_EQ(copied.value<int>("SELECT count(*) FROM numbers"), 2049);
    EXPECT_EQ(copied.value<int>("SELECT min(n) FROM numbers"), 2);
}

TEST_F(CopyTest, ADamagedFileIsComplainedOf)
{
    source_.reset();
    {
        std::fstream file(folder_ / "source.db", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(3 * 8192);
        file.write("damage", 6);
    }
    Database damaged(folder_ / "source.db");
    EXPECT_TRUE(complaint_about(damaged));
}

// What a copy to there says.
std::string refusal(Database& source, const std::filesystem::path& to)
{
    try {
        Copy copy(source, to);
        while (!copy.step(-1)) {
        }
    } catch (const Error& error) {
        EXPECT_TRUE(error.machine_fault());
        return error.what();
    }
    ADD_FAILURE() << "copied to " << to;
    return {};
}

TEST_F(CopyTest, APlaceThatCannotBeWrittenIsNamed)
{
    const auto nowhere = folder_ / "missing" / "copy.db";
    EXPECT_EQ(refusal(*source_, nowhere), nowhere.string() + ": unable to open database file");
    const auto not_ours = folder_ / "not_ours.db";
    std::ofstream(not_ours) << std::string(8192, 'x');
    EXPECT_EQ(refusal(*source_, not_ours), not_ours.string() + ": file is not a database");
}

TEST_F(CopyTest, CountsThePagesThatAreLeft)
{
    Copy copy(*source_, folder_ / "copy.db");
    EXPECT_FALSE(copy.step(8));
    const auto left = copy.pages_left();
    EXPECT_GT(left, 0);
    EXPECT_FALSE(copy.step(8));
    EXPECT_EQ(copy.pages_left(), left - 8);
    while (!copy.step(8)) {
    }
    EXPECT_EQ(copy.pages_left(), 0);
}

}  // namespace
}  // namespace gonghui::sqlite
