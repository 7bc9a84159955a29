#include "common/text/quotes.hpp"

#include <cstdint>

namespace gonghui {

namespace {

struct Sequence {
    std::size_t length;  // bytes taken
    bool whole;
};

// The ranges of the second byte keep out overlong forms, surrogates and what lies beyond U+10FFFF (Unicode 15, table
// 3-7).
struct Lead {
    std::size_t length;
    unsigned char second_least;
    unsigned char second_most;
};

Lead lead_of(unsigned char byte)
{
    if (byte >= 0xC2 && byte <= 0xDF) return {2, 0x80, 0xBF};
    if (byte == 0xE0) return {3, 0xA0, 0xBF};
    if (byte == 0xED) return {3, 0x80, 0x9F};
    if (byte >= 0xE1 && byte <= 0xEF) return {3, 0x80, 0xBF};
    if (byte == 0xF0) return {4, 0x90, 0xBF};
    if (byte >= 0xF1 && byte <= 0xF3) return {4, 0x80, 0xBF};
    if (byte == 0xF4) return {4, 0x80, 0x8F};
    return {0, 0, 0};
}

// Requires text to begin with a byte of 0x80 or more.
Sequence sequence_at(std::string_view text)
{
    const auto byte_at = [&](std::size_t index) {
        return static_cast<unsigned char>(text[index]);
    };
    const Lead lead = lead_of(byte_at(0));
    if (lead.length == 0) return {1, false};
    for (std::size_t index = 1; index < lead.length; ++index) {
        const unsigned char least = index == 1 ? lead.second_least : 0x80;
        const unsigned char most = index == 1 ? lead.second_most : 0xBF;
        if (index >= text.size() || byte_at(index) < least || byte_at(index) > most) return {index, false};
    }
    return {lead.length, true};
}

void append_escape(std::string& out, unsigned char control)
{
    constexpr std::string_view digits = "0123456789abcdef";
    out += "\\u00";
    out += digits[control >> 4U];
    out += digits[control & 0xFU];
}

void append_ascii(std::string& out, char character)
{
    switch (character) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7F)
        append_escape(out, byte);
    else
        out += character;
}

}  // namespace

void append_in_quotes(std::string& out, std::string_view text)
{
    out += '"';
    while (!text.empty()) {
        if (static_cast<unsigned char>(text.front()) < 0x80) {
            append_ascii(out, text.front());
            text.remove_prefix(1);
            continue;
        }
        const Sequence sequence = sequence_at(text);
        out += sequence.whole ? text.substr(0, sequence.length) : std::string_view("\xEF\xBF\xBD");
        text.remove_prefix(sequence.length);
    }
    out += '"';
}

std::string in_quotes(std::string_view text)
{
    std::string out;
    append_in_quotes(out, text);
    return out;
}

}  // namespace gonghui
