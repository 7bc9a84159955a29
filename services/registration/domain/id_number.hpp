#pragma once
// ID numbers: GB 11643-1999 (18 digits: district, date of birth, sequence, check digit), which the residence permits of
// Hong Kong, Macao and Taiwan people (810000, 820000, 830000) and, since December 2023, foreigners' permanent residence
// cards (a leading 9) share; and the older 15 characters of foreigners' permanent residence (3 letters, 12 digits).
//
// A right check digit proves nothing about identity. The district code is not looked up: people keep theirs when the
// district is long gone.

#include "services/registration/domain/reading.hpp"

#include <optional>
#include <string>

namespace gonghui::registration {

struct IdNumber {
    std::string text;        // normal form: no blanks, `x` as `X`
    std::optional<Sex> sex;  // absent in the form of 15 characters, which holds neither
    std::optional<std::int64_t> birth_year;

    friend bool operator==(const IdNumber&, const IdNumber&) = default;
};

// Codes: missing_value, wrong_length, bad_character, impossible_date (no such day, before 1900 or after `now`),
// wrong_check_digit - the first that holds, in this order.
Reading<IdNumber> read_id_number(std::string_view written, UtcTime now);

// The 18th character for 17 digits. Requires that they are digits.
char id_number_check_digit(std::string_view first_17);

}  // namespace gonghui::registration
