#include "services/registration/domain/organisation_code.hpp"

#include <gtest/gtest.h>

namespace gonghui::registration {
namespace {

std::string_view code_of(std::string_view text)
{
    const auto read = read_organisation_code(text);
    return read ? "readable" : read.error();
}

TEST(OrganisationCode, ReadsTheWorkedExample)
{
    EXPECT_EQ(organisation_code_check_digit("91350100M000100Y4"), '3');
    EXPECT_EQ(read_organisation_code("91350100M000100Y43"), "91350100M000100Y43");
}

TEST(OrganisationCode, TakesSmallLettersAndBlanks)
{
    EXPECT_EQ(read_organisation_code(" 91350100m000100y43 "), "91350100M000100Y43");
}

TEST(OrganisationCode, FindsEverySingleWrongCharacter)
{
    const std::string right = "91350100M000100Y43";
    for (std::size_t i = 0; i < right.size(); ++i)
        for (const char character : std::string_view("0123456789ABCDEFGHJKLMNPQRTUWXY")) {
            if (character == right[i]) continue;
            auto wrong = right;
            wrong[i] = character;
            EXPECT_EQ(code_of(wrong), refusal::wrong_check_digit) << i << " as " << character;
        }
}

TEST(OrganisationCode, SaysWhatIsWrongWithItsForm)
{
    EXPECT_EQ(code_of(" "), refusal::missing_value);
    EXPECT_EQ(code_of("91350100M000100Y4"), refusal::wrong_length);
    EXPECT_EQ(code_of("91350100I000100Y43"), refusal::bad_character);
    EXPECT_EQ(code_of("91350100M000100Y4O"), refusal::bad_character);
}

}  // namespace
}  // namespace gonghui::registration
