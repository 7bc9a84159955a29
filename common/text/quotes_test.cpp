#include "common/text/quotes.hpp"

#include <gtest/gtest.h>

namespace gonghui {
namespace {

TEST(InQuotes, EscapesWhatWouldEndOrBreakTheText)
{
    EXPECT_EQ(in_quotes("工会"), "\"工会\"");
    EXPECT_EQ(in_quotes("a\"b\\c\nd\x01"), R"("a\"b\\c\nd\u0001")");
    EXPECT_EQ(in_quotes(std::string_view("a\0\x7F", 3)), R"("a\u0000\u007f")");
}

TEST(InQuotes, ReplacesWhatIsNoUtf8)
{
    EXPECT_EQ(in_quotes("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
}

}  // namespace
}  // namespace gonghui
