#pragma once

#include <cstddef>
#include <string_view>

namespace gonghui {

// Whether all of it is well-formed (RFC 3629, section 4): no overlong forms, no surrogates, nothing cut.
[[nodiscard]] bool is_utf8(std::string_view text);

// Of well-formed text, that the byte begins no character.
[[nodiscard]] constexpr bool continues_character(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// Characters of well-formed text, as Unicode counts them.
[[nodiscard]] std::size_t code_points(std::string_view text);

}  // namespace gonghui
