#include "services/registration/domain/id_number.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gonghui::registration {
namespace {

const UtcTime now = *parse_time("2026-03-01T12:00:00Z");

std::string with_check_digit(const std::string& first_17)
{
    return first_17 + id_number_check_digit(first_17);
}

std::string_view code_of(std::string_view text)
{
    const auto read = read_id_number(text, now);
    return read ? "readable" : read.error();
}

TEST(IdNumber, ReadsTheWorkedExamplesOfTheStandard)
{
    EXPECT_EQ(read_id_number("11010519491231002X", now), (IdNumber{"11010519491231002X", Sex::female, 1949}));
    EXPECT_EQ(read_id_number("330099199001010016", now), (IdNumber{"330099199001010016", Sex::male, 1990}));
}

TEST(IdNumber, StoresALowerCaseXAsX)
{
    EXPECT_EQ(read_id_number("11010519491231002x", now)->text, "11010519491231002X");
}

TEST(IdNumber, DropsBlanksAroundIt)
{
    EXPECT_EQ(read_id_number(" 330099199001010016\t", now)->text, "330099199001010016");
    EXPECT_EQ(read_id_number("\u3000330099199001010016", now)->text, "330099199001010016");
}

TEST(IdNumber, FindsEverySingleWrongDigit)
{
    const std::string right = "330099199001010016";
    for (std::size_t i = 0; i < right.size(); ++i)
        for (char digit = '0'; digit <= '9'; ++digit) {
            if (digit == right[i]) continue;
            auto wrong = right;
            wrong[i] = digit;
            EXPECT_FALSE(read_id_number(wrong, now)) << "digit " << i << " as " << digit;
        }
}

TEST(IdNumber, FindsTwoNeighboursSwapped)
{
    EXPECT_EQ(code_of("330099199001010061"), refusal::wrong_check_digit);
}

TEST(IdNumber, RefusesDaysThatNeverWere)
{
    for (const auto* date : {"19900230", "19901301", "19900100", "19900001", "20250229", "18991231", "99990101"})
        EXPECT_EQ(code_of(with_check_digit(std::string("330099") + date + "001")), refusal::impossible_date) << date;
    EXPECT_EQ(code_of(with_check_digit("33009920240229001")), "readable");
}

TEST(IdNumber, RefusesABirthAfterToday)
{
    EXPECT_EQ(code_of(with_check_digit("33009920260301001")), "readable");
    EXPECT_EQ(code_of(with_check_digit("33009920260302001")), refusal::impossible_date);
}

TEST(IdNumber, NamesAnImpossibleDateBeforeAWrongCheckDigit)
{
    EXPECT_EQ(code_of("330099199002300016"), refusal::impossible_date);
}

TEST(IdNumber, SaysWhatIsWrongWithItsForm)
{
    EXPECT_EQ(code_of(""), refusal::missing_value);
    EXPECT_EQ(code_of("  "), refusal::missing_value);
    EXPECT_EQ(code_of("33009919900101001"), refusal::wrong_length);
    EXPECT_EQ(code_of("3300991990010100160"), refusal::wrong_length);
    EXPECT_EQ(code_of("33009919900101O016"), refusal::bad_character);
    EXPECT_EQ(code_of("X30099199001010016"), refusal::bad_character);
    EXPECT_EQ(code_of("130503670401001"), refusal::wrong_length) << "15 digits: void since 2013";
}

TEST(IdNumber, NeverRefusesARetiredDistrictCode)
{
    for (const auto* district : {"110103", "310103", "999999", "000000"})
        EXPECT_EQ(code_of(with_check_digit(std::string(district) + "19900101001")), "readable") << district;
}

TEST(IdNumber, ReadsResidencePermitsAndForeignersCards)
{
    EXPECT_EQ(code_of(with_check_digit("81000019900101001")), "readable");
    EXPECT_EQ(code_of(with_check_digit("82000019900101001")), "readable");
    EXPECT_EQ(code_of(with_check_digit("83000019900101001")), "readable");
    EXPECT_EQ(code_of(with_check_digit("93115619900101002")), "readable");
    EXPECT_EQ(read_id_number("abc110090010101", now), (IdNumber{"ABC110090010101", std::nullopt, std::nullopt}));
    EXPECT_EQ(code_of("AB1110090010101"), refusal::bad_character);
    EXPECT_EQ(code_of("ABC11009001010X"), refusal::bad_character);
}

}  // namespace
}  // namespace gonghui::registration
