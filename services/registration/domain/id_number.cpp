#include "services/registration/domain/id_number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace gonghui::registration {

namespace {

constexpr std::array weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
constexpr std::string_view check_digits = "10X98765432";

int number(std::string_view digits)
{
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

bool all_digits(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), is_digit);
}

bool is_older_permanent_residence(std::string_view text)
{
    const auto letters = text.substr(0, 3);
    return std::all_of(letters.begin(), letters.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) &&
           all_digits(text.substr(3));
}

bool is_possible_birth(std::string_view yyyymmdd, UtcTime now)
{
    const std::chrono::year_month_day day{std::chrono::year(number(yyyymmdd.substr(0, 4))),
                                          std::chrono::month(static_cast<unsigned>(number(yyyymmdd.substr(4, 2)))),
                                          std::chrono::day(static_cast<unsigned>(number(yyyymmdd.substr(6, 2))))};
    return day.ok() && day.year() >= std::chrono::year(1900) && std::chrono::sys_days(day) <= now;
}

}  // namespace

char id_number_check_digit(std::string_view first_17)
{
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += (first_17[i] - '0') * weights[i];
    return check_digits[static_cast<std::size_t>(sum % 11)];
}

Reading<IdNumber> read_id_number(std::string_view written, UtcTime now)
{
    std::string text(trimmed(written));
    std::transform(text.begin(), text.end(), text.begin(), upper);
    if (text.empty()) return unreadable(refusal::missing_value);

    // 15 digits are an identity card of before 2000, void since 2013: a wrong length like any other.
    if (text.size() == 15 && !all_digits(text)) {
        if (!is_older_permanent_residence(text)) return unreadable(refusal::bad_character);
        return IdNumber{std::move(text), std::nullopt, std::nullopt};
    }
    if (text.size() != 18) return unreadable(refusal::wrong_length);
    const std::string_view first_17(text.data(), 17);
    if (!all_digits(first_17) || (!is_digit(text[17]) && text[17] != 'X')) return unreadable(refusal::bad_character);
    if (!is_possible_birth(first_17.substr(6, 8), now)) return unreadable(refusal::impossible_date);
    if (text[17] != id_number_check_digit(first_17)) return unreadable(refusal::wrong_check_digit);

    const auto sex = (first_17[16] - '0') % 2 == 1 ? Sex::male : Sex::female;
    const auto birth_year = number(first_17.substr(6, 4));
    return IdNumber{std::move(text), sex, birth_year};
}

}  // namespace gonghui::registration
