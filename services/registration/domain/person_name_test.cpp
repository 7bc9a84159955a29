#include "services/registration/domain/person_name.hpp"

#include <gtest/gtest.h>

namespace gonghui::registration {
namespace {

TEST(PersonName, TakesNamesOfAllPeoples)
{
    for (const auto* name : {"张三", "欧阳小明", "买买提·艾力", "Jean-Luc O'Neill", "José María", "䶮中", "𠮷田"})
        EXPECT_EQ(read_name(name), name);
}

TEST(PersonName, HasOneMiddleDot)
{
    for (const auto* name : {"买买提•艾力", "买买提・艾力", "买买提．艾力"}) EXPECT_EQ(read_name(name), "买买提·艾力");
}

TEST(PersonName, DropsBlanksAroundIt)
{
    EXPECT_EQ(read_name("\u3000张三 "), "张三");
}

TEST(PersonName, RefusesWhatIsSurelyNoName)
{
    for (const auto* name :
         {"张3", "13800001234", "张\uFFFD", "张三?", "张三\n李四", "张三(班长)", "张三，李四", "张😀"})
        EXPECT_EQ(read_name(name).error(), refusal::bad_character) << name;
    EXPECT_EQ(read_name("").error(), refusal::missing_value);
    EXPECT_EQ(read_name(" \u3000").error(), refusal::missing_value);
    EXPECT_EQ(read_name("张").error(), refusal::wrong_length);
    EXPECT_EQ(read_name(std::string(51, 'a')).error(), refusal::wrong_length);
}

}  // namespace
}  // namespace gonghui::registration
