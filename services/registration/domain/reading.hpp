#pragma once
// What reading a field as a person wrote it gives: the value in its one normal form, or the code of what is wrong with
// it (of schemas/registration/refusals.json). A code never holds the value: it is personal.

#include "schemas/generated/registration/messages.hpp"

#include <tl/expected.hpp>

#include <string_view>

namespace gonghui::registration {

template <class T>
using Reading = tl::expected<T, std::string_view>;

inline tl::unexpected<std::string_view> unreadable(std::string_view code)
{
    return tl::make_unexpected(code);
}

// Without blanks at both ends, as cells of a spreadsheet have them; the ideographic space counts.
std::string_view trimmed(std::string_view text);

constexpr bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

// a to z only: the platform's locale has no say in a document's number.
constexpr char upper(char character)
{
    return character >= 'a' && character <= 'z' ? static_cast<char>(character - 'a' + 'A') : character;
}

}  // namespace gonghui::registration
