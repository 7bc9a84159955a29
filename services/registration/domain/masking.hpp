#pragma once
// What is shown of personal data unless somebody asked to see all of it.

#include <string>
#include <string_view>

namespace gonghui::registration {

// The first character and two stars, whatever the length: "张**". Stars alone for an empty name.
std::string masked_name(std::string_view name);

// "138****1234"; stars alone for what is no mobile number.
std::string masked_phone(std::string_view phone);

}  // namespace gonghui::registration
