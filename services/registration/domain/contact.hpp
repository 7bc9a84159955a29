#pragma once
// How a person is reached. Mobile numbers of the mainland: `1[3-9]` and nine digits. Numbers are recycled, so a phone
// number is no identity.

#include "services/registration/domain/reading.hpp"

#include <string>

namespace gonghui::registration {

// Eleven digits; +86 and 0086, blanks and hyphens are dropped. Codes: missing_value, bad_phone.
Reading<std::string> read_phone(std::string_view written);

// One address, its domain in small letters. Holds no control character and no blank, so that nothing can be smuggled
// into a header. Whether it exists shows when it is used. Codes: missing_value, bad_email.
Reading<std::string> read_email(std::string_view written);

}  // namespace gonghui::registration
