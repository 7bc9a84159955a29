#include "services/notifications/domain/catalogue.hpp"

#include <gmock/gmock.h>

#include <set>

namespace gonghui::notifications {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array languages{Language::zh_cn, Language::en};

TEST(Templates, AllRenderInBothLanguagesWithTheirPreviews)
{
    for (const auto& kind : message_kinds())
        for (const auto language : languages) {
            const auto text = render(kind.name, tag_of(language), kind.preview);
            ASSERT_TRUE(text) << text.error();
            EXPECT_FALSE(text->title.empty());
            EXPECT_FALSE(text->body.empty());
            EXPECT_THAT(text->title, Not(HasSubstr("\n")));
            EXPECT_THAT(text->title + text->body, Not(HasSubstr("{{")));
            EXPECT_THAT(text->title + text->body, Not(HasSubstr("}}")));
        }
}

TEST(Templates, FailWhenAnyParameterOfTheirPreviewIsMissing)
{
    for (const auto& kind : message_kinds())
        for (const auto& [name, value] : kind.preview) {
            auto parameters = kind.preview;
            parameters.erase(name);
            const bool fails = !render(kind.name, "zh-CN", parameters) || !render(kind.name, "en", parameters);
            EXPECT_TRUE(fails) << kind.name << " does not use " << name;
        }
}

TEST(Templates, AreAllInTheCatalogue)
{
    for (const auto& file : template_files())
        EXPECT_TRUE(file.name == "phrases" || file.name == "login_code" || find_message_kind(file.name) != nullptr)
            << file.name;
}

TEST(Phrases, AreTheSameInBothLanguages)
{
    const auto codes_in = [](std::string_view language) {
        std::set<std::string> codes;
        for (const auto& file : template_files()) {
            if (file.name != "phrases" || file.language != language) continue;
            std::string_view rest = file.text;
            while (!rest.empty()) {
                const auto line = rest.substr(0, rest.find('\n'));
                rest.remove_prefix(std::min(line.size() + 1, rest.size()));
                codes.emplace(line.substr(0, line.find(" = ")));
            }
        }
        return codes;
    };
    EXPECT_FALSE(codes_in("en").empty());
    EXPECT_EQ(codes_in("zh-CN"), codes_in("en"));
}

TEST(Render, FillsInTheTitleAndTheBody)
{
    const auto text =
        render("training_waitlisted", "en",
               {{"course.en", "Tea"}, {"course.zh-CN", "茶艺"}, {"rank", "4"}, {"starts_at", "2026-03-01 19:30"}});
    ASSERT_TRUE(text) << text.error();
    EXPECT_EQ(text->title, "On the waiting list: Tea");
    EXPECT_THAT(text->body, HasSubstr("number 4 in the line"));
    EXPECT_THAT(text->body, HasSubstr("2026-03-01 19:30"));
}

TEST(Render, TakesTheValueOfItsLanguage)
{
    const Parameters parameters{{"course.en", "Tea"}, {"course.zh-CN", "茶艺"}};
    EXPECT_THAT(render("training_offer_lapsed", "zh-CN", parameters)->title, HasSubstr("茶艺"));
    EXPECT_THAT(render("training_offer_lapsed", "en", parameters)->title, HasSubstr("Tea"));
}

TEST(Render, WordsACode)
{
    EXPECT_THAT(render("membership_ended", "zh-CN", {{"reason", "ended.moved_away"}})->body,
                HasSubstr("已迁往其他地区"));
    EXPECT_THAT(render("membership_ended", "en", {{"reason", "ended.moved_away"}})->body, HasSubstr("another region"));
}

TEST(Render, DoesNotLookForPlaceholdersInAValue)
{
    const auto text = render("training_offer_lapsed", "en", {{"course.en", "{{rank}}"}});
    ASSERT_TRUE(text) << text.error();
    EXPECT_THAT(text->title, HasSubstr("{{rank}}"));
}

TEST(Render, SaysWhatIsMissing)
{
    EXPECT_THAT(render("training_offer_lapsed", "en", {}).error(), HasSubstr("no parameter course"));
    EXPECT_THAT(render("membership_ended", "en", {{"reason", "nonsense"}}).error(), HasSubstr("nonsense"));
    EXPECT_THAT(render("no_such_template", "en", {}).error(), HasSubstr("no_such_template"));
    EXPECT_THAT(render("membership_ended", "fr", {}).error(), HasSubstr("no such file"));
}

}  // namespace
}  // namespace gonghui::notifications
