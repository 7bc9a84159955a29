#include "common/runtime/disk_watch.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gonghui::runtime {
namespace {

constexpr auto more_than_any_disk_has = std::numeric_limits<std::uintmax_t>::max();

struct DiskWatchTest : testing::Test {
    test::TemporaryFolder folder;
    UtcTime now = from_microseconds(1'767'268'800'000'000);
};

TEST_F(DiskWatchTest, SaysNothingWhileThereIsRoom)
{
    EXPECT_EQ(DiskWatch(folder.path(), 1).look(now), std::nullopt);
    EXPECT_EQ(DiskWatch(folder.path(), 0).look(now), std::nullopt);
}

TEST_F(DiskWatchTest, TellsWhatIsLeftOnceAnHour)
{
    DiskWatch watch(folder.path(), more_than_any_disk_has);
    const auto free = std::filesystem::space(folder.path()).available;
    const auto told = watch.look(now);
    ASSERT_TRUE(told);
    EXPECT_NEAR(static_cast<double>(*told), static_cast<double>(free), 1e9);
    EXPECT_EQ(watch.look(now + std::chrono::minutes(59)), std::nullopt);
    EXPECT_TRUE(watch.look(now + std::chrono::minutes(61)));
}

TEST_F(DiskWatchTest, ToleratesAFolderThatIsGone)
{
    EXPECT_EQ(DiskWatch(folder.path() / "gone", more_than_any_disk_has).look(now), std::nullopt);
}

}  // namespace
}  // namespace gonghui::runtime
