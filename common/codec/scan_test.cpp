#include "common/codec/scan.hpp"

#include "common/codec/writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace gonghui::codec {
namespace {

BytesView raw(std::string_view text)
{
    return as_bytes(text);
}

TEST(Scan, ReadsWhatTheWriterWrote)
{
    Writer out;
    out.map(3);
    out.text("name");
    out.text(std::string(300, 'x'));
    out.text("data");
    out.binary(Bytes(70'000, std::byte{7}));
    out.text("list");
    out.array(20);
    for (int i = 0; i < 20; ++i) out.integer(i - 10);

    Scan scan(out.view());
    ASSERT_EQ(scan.map(), 3U);
    EXPECT_EQ(scan.text(), "name");
    EXPECT_EQ(scan.text(), std::string(300, 'x'));
    EXPECT_EQ(scan.text(), "data");
    EXPECT_EQ(scan.binary().value_or(BytesView{}).size(), 70'000U);
    EXPECT_EQ(scan.text(), "list");
    ASSERT_EQ(scan.array(), 20U);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(scan.integer(), i - 10);
    EXPECT_TRUE(scan.at_end());
}

TEST(Scan, ReadsIntegersOfEveryWidth)
{
    for (const auto number : {std::int64_t{0}, std::int64_t{127}, std::int64_t{128}, std::int64_t{65'536},
                              std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max(), std::int64_t{-1},
                              std::int64_t{-33}, std::int64_t{-40'000}, std::numeric_limits<std::int64_t>::min()}) {
        Writer out;
        out.integer(number);
        EXPECT_EQ(Scan(out.view()).integer(), number);
    }
    EXPECT_FALSE(Scan(raw("\xcf\xff\xff\xff\xff\xff\xff\xff\xff")).integer()) << "beyond int64";
}

TEST(Scan, StaysWhereItIsBeforeAnotherKind)
{
    Writer out;
    out.text("one");
    Scan scan(out.view());
    EXPECT_FALSE(scan.integer());
    EXPECT_FALSE(scan.map());
    EXPECT_FALSE(scan.binary());
    EXPECT_FALSE(scan.nil());
    EXPECT_EQ(scan.text(), "one");
}

TEST(Scan, PassesOverNestedValues)
{
    Writer out;
    out.map(1);
    out.text("deep");
    for (int i = 0; i < 1'000; ++i) out.array(1);
    out.nil();
    out.integer(5);
    Scan scan(out.view());
    ASSERT_TRUE(scan.value());
    EXPECT_EQ(scan.integer(), 5);
}

TEST(Scan, RefusesEveryTruncation)
{
    Writer out;
    out.map(2);
    out.text("a");
    out.binary(Bytes(300));
    out.text("b");
    out.array(2);
    out.integer(100'000);
    out.boolean(true);
    const auto whole = to_bytes(out.view());
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(Scan(BytesView(whole).first(size)).value()) << size;
    EXPECT_TRUE(Scan(whole).value());
}

TEST(Scan, RefusesCountsThatTheBytesCannotHold)
{
    EXPECT_FALSE(Scan(raw("\xdd\xff\xff\xff\xff\x01")).value()) << "an array of four billion";
    EXPECT_FALSE(Scan(raw("\xdf\xff\xff\xff\xff\x01")).value()) << "a map of four billion";
    EXPECT_FALSE(Scan(raw("\xc6\xff\xff\xff\xff\x01")).value()) << "a bin of four gigabytes";
    EXPECT_FALSE(Scan(raw("\xc6\xff\xff\xff\xff\x01")).binary());
    EXPECT_FALSE(Scan(raw("\xc1")).value()) << "a byte that means nothing";
    EXPECT_FALSE(Scan(BytesView{}).value());
}

}  // namespace
}  // namespace gonghui::codec
