#include "services/ctl/domain/encoding.hpp"

#include <gtest/gtest.h>

namespace gonghui::ctl {
namespace {

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
