#include "common/text/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace gonghui {
namespace {

// The length of the well-formed UTF-8 sequence at the start of `text`, or 0 (RFC 3629, section 4).
std::size_t sequence_length(const unsigned char* text, std::size_t left)
{
    const auto lead = text[0];
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4) return 0;
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (left < length) return 0;
    // The second byte alone decides about overlong forms, surrogates and code points past U+10FFFF.
    const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (text[1] < low || text[1] > high) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (!continues_character(static_cast<char>(text[i]))) return 0;
    return length;
}

}  // namespace

bool is_utf8(std::string_view text)
{
    const auto* at = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t left = text.size();
    while (left != 0) {
        std::uint64_t word = 0;
        if (left >= sizeof word) {
            std::memcpy(&word, at, sizeof word);
            if ((word & 0x8080808080808080U) == 0) {  // eight ASCII characters at once
                at += sizeof word;
                left -= sizeof word;
                continue;
            }
        }
        const auto length = sequence_length(at, left);
        if (length == 0) return false;
        at += length;
        left -= length;
    }
    return true;
}

std::size_t code_points(std::string_view text)
{
    return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_character));
}

}  // namespace gonghui
