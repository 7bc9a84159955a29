#include "services/registration/domain/masking.hpp"

#include <gtest/gtest.h>

namespace gonghui::registration {
namespace {

TEST(Masking, ShowsOneCharacterOfAName)
{
    EXPECT_EQ(masked_name("张三"), "张**");
    EXPECT_EQ(masked_name("欧阳小明"), "欧**") << "the length stays hidden too";
    EXPECT_EQ(masked_name("Li"), "L**");
    EXPECT_EQ(masked_name("𠮷田"), "𠮷**");
    EXPECT_EQ(masked_name(""), "**");
}

TEST(Masking, ShowsSevenFiguresOfAPhoneNumber)
{
    EXPECT_EQ(masked_phone("13800001234"), "138****1234");
    EXPECT_EQ(masked_phone("123"), "****");
}

}  // namespace
}  // namespace gonghui::registration
