#include "common/text/language.hpp"

#include <gtest/gtest.h>

namespace gonghui {
namespace {

TEST(Language, FollowsTheLocale)
{
    EXPECT_EQ(language_of_locale("zh_CN.UTF-8"), Language::zh_cn);
    EXPECT_EQ(language_of_locale("zh_TW"), Language::zh_cn);
    EXPECT_EQ(language_of_locale("de_DE.UTF-8"), Language::en);
    EXPECT_EQ(language_of_locale("C"), Language::en);
}

TEST(Language, HasTwoWords)
{
    EXPECT_EQ(parse_language("zh-CN"), Language::zh_cn);
    EXPECT_EQ(parse_language("en"), Language::en);
    EXPECT_EQ(parse_language("fr"), std::nullopt);
}

TEST(Filled, PutsValuesInTheirPlacesInAnyOrder)
{
    EXPECT_EQ(filled("{1} before {0}, {1}", {"a", "b"}), "b before a, b");
    EXPECT_EQ(filled("no value for {2} {x} {", {"a"}), "no value for {2} {x} {");
    EXPECT_EQ(filled("a value is not filled again: {0}", {"{0}"}), "a value is not filled again: {0}");
}

}  // namespace
}  // namespace gonghui
