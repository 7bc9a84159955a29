#include "services/ctl/domain/table.hpp"

#include <gtest/gtest.h>

namespace gonghui::ctl {
namespace {

TEST(DisplayWidth, CountsCells)
{
    EXPECT_EQ(display_width("abc"), 3U);
    EXPECT_EQ(display_width("工会"), 4U);
    EXPECT_EQ(display_width("é"), 1U);
    EXPECT_EQ(display_width("e\xCC\x81"), 1U);  // e and a combining accent
    EXPECT_EQ(display_width("😀"), 2U);
    EXPECT_EQ(display_width("\xFF\xE5"), 2U);  // no UTF-8: byte by byte
}

TEST(Table, AlignsWhatIsSeen)
{
    Table table({{"名称"}, {"N", Align::right}});
    table.row({"工会", "1"});
    table.row({"a", "1,234"});
    EXPECT_EQ(table.render(),
              "名称      N\n"
              "----  -----\n"
              "工会      1\n"
              "a     1,234\n");
}

TEST(Table, FillsMissingCellsAndLeavesNoBlanksAtTheEnd)
{
    Table table({{"A"}, {"B"}});
    table.row({"x"});
    EXPECT_EQ(table.render(), "A  B\n-  -\nx\n");
}

TEST(Numbers, ReadEasily)
{
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1'234'567), "1,234,567");
    EXPECT_EQ(grouped(-1'234), "-1,234");
    EXPECT_EQ(as_size(512), "512 B");
    EXPECT_EQ(as_size(1'536), "1.5 KiB");
    EXPECT_EQ(as_size(std::int64_t{5} << 30), "5.0 GiB");
}

TEST(ProgressBar, IsFullAtTheEnd)
{
    EXPECT_EQ(progress_bar(0, 10, 4), "[----]   0 %");
    EXPECT_EQ(progress_bar(5, 10, 4), "[##--]  50 %");
    EXPECT_EQ(progress_bar(12, 10, 4), "[####] 100 %");
    EXPECT_EQ(progress_bar(0, 0, 4), "[####] 100 %");
}

}  // namespace
}  // namespace gonghui::ctl
