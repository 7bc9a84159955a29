#include "services/ctl/domain/encoding.hpp"

#include <gtest/gtest.h>

namespace gonghui::ctl {
namespace {

TEST(IsUtf8, TakesWhatIsWellFormed)
{
    EXPECT_TRUE(is_utf8(""));
    EXPECT_TRUE(is_utf8("plain text of more than eight bytes"));
    EXPECT_TRUE(is_utf8("姓名, é, 😀"));
}

TEST(IsUtf8, RefusesWhatIsNot)
{
    EXPECT_FALSE(is_utf8("\x80"));                 // a continuation alone
    EXPECT_FALSE(is_utf8("long enough\xE5\xA7"));  // cut
    EXPECT_FALSE(is_utf8("\xC0\xAF"));             // overlong
    EXPECT_FALSE(is_utf8("\xE0\x80\x80"));         // overlong
    EXPECT_FALSE(is_utf8("\xED\xA0\x80"));         // a surrogate
    EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));     // beyond U+10FFFF
    EXPECT_FALSE(is_utf8("\xD0\xD5\xC3\xFB"));     // 姓名 in GB18030
}

TEST(Gb18030Reader, ReadsOneTwoAndFourBytes)
{
    Gb18030Reader reader;
    EXPECT_EQ(reader.read("A\xD0\xD5\xC3\xFB"), "A姓名");
    EXPECT_EQ(reader.read("\x90\x30\x81\x30"), "\xF0\x90\x80\x80");  // U+10000
    EXPECT_EQ(reader.read(""), "");
}

TEST(Gb18030Reader, RefusesOtherBytesAndGoesOnAfterwards)
{
    Gb18030Reader reader;
    EXPECT_EQ(reader.read("\xD0"), std::nullopt);
    EXPECT_EQ(reader.read("\xFF\xFF"), std::nullopt);
    EXPECT_EQ(reader.read("\xC3\xFB"), "名");
}

}  // namespace
}  // namespace gonghui::ctl
