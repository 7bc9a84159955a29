#pragma once
// A person's name: what is surely no name is refused, nothing else. Names are Han characters, of many peoples with a
// middle dot, and of foreigners in letters.

#include "services/registration/domain/reading.hpp"

#include <string>

namespace gonghui::registration {

// Without blanks at both ends and with one kind of middle dot (U+00B7). Codes: missing_value; wrong_length (below 2 or
// above 50 characters); bad_character (figures, signs, control characters, what is left of broken text).
Reading<std::string> read_name(std::string_view written);

}  // namespace gonghui::registration
