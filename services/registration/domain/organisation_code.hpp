#pragma once
// Unified social credit codes, GB 32100-2015: 18 characters of 0-9 A-Z without I, O, S, V, Z; the last one checks.
// Which authority a code's first characters name is not checked: a union registered under its firm's code is found by
// it.

#include "services/registration/domain/reading.hpp"

#include <string>

namespace gonghui::registration {

// The code in capitals without blanks. Codes: missing_value, wrong_length, bad_character, wrong_check_digit.
Reading<std::string> read_organisation_code(std::string_view written);

// The 18th character for 17; nullopt when one of them is outside the alphabet.
std::optional<char> organisation_code_check_digit(std::string_view first_17);

}  // namespace gonghui::registration
