#include "common/text/language.hpp"

#include <gtest/gtest.h>

#include <map>

namespace gonghui {
namespace {

TEST(Language, FollowsTheLocale)
{
    EXPECT_EQ(language_of_locale("zh_CN.UTF-8"), Language::zh_cn);
    EXPECT_EQ(language_of_locale("zh_TW"), Language::zh_cn);
    EXPECT_EQ(language_of_locale("de_DE.UTF-8"), Language::en);
    EXPECT_EQ(language_of_locale("C"), Language::en);
}

TEST(Language, IsWhatTheEnvironmentAsksForFirst)
{
    const auto language_in = [](std::map<std::string, std::string> variables) {
        return language_of_environment([&](const std::string& name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
        });
    };
    EXPECT_EQ(language_in({}), Language::en);
    EXPECT_EQ(language_in({{"LANG", "zh_CN.UTF-8"}}), Language::zh_cn);
    EXPECT_EQ(language_in({{"LANG", "zh_CN.UTF-8"}, {"LC_ALL", "C"}}), Language::en);
    EXPECT_EQ(language_in({{"LANG", "zh_CN.UTF-8"}, {"LC_ALL", ""}}), Language::zh_cn);
    EXPECT_EQ(language_in({{"LC_ALL", "C"}, {"GONGHUI_LANG", "zh-CN"}}), Language::zh_cn);
    EXPECT_EQ(language_in({{"LC_ALL", "zh_CN.UTF-8"}, {"GONGHUI_LANG", "fr"}}), Language::zh_cn);
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
