#include "common/text/utf8.hpp"

#include <gtest/gtest.h>

namespace gonghui {
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

TEST(CodePoints, CountsCharactersAndNoBytes)
{
    EXPECT_EQ(code_points(""), 0U);
    EXPECT_EQ(code_points("a姓é😀"), 4U);
}

}  // namespace
}  // namespace gonghui
