#include "common/codec/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace gonghui::codec {
namespace {

bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0U) == 0x80U;
}

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
        if (!is_continuation(text[i])) return 0;
    return length;
}

}  // namespace

bool is_utf8(std::string_view view)
{
    const auto* text = reinterpret_cast<const unsigned char*>(view.data());
    std::size_t left = view.size();
    while (left != 0) {
        std::uint64_t word = 0;
        if (left >= sizeof word) {
            std::memcpy(&word, text, sizeof word);
            if ((word & 0x8080808080808080U) == 0) {  // eight ASCII characters at once
                text += sizeof word;
                left -= sizeof word;
                continue;
            }
        }
        const auto length = sequence_length(text, left);
        if (length == 0) return false;
        text += length;
        left -= length;
    }
    return true;
}

}  // namespace gonghui::codec
