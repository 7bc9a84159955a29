#include "services/registration/domain/person_name.hpp"

namespace gonghui::registration {

namespace {

constexpr std::size_t fewest = 2;
constexpr std::size_t most = 50;
constexpr char32_t middle_dot = U'\u00B7';

// The text is UTF-8: whoever decoded the message has checked it.
char32_t next_code_point(std::string_view& text)
{
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t point = size == 1 ? lead : lead & (0x7FU >> size);
    for (std::size_t i = 1; i < size && i < text.size(); ++i)
        point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    text.remove_prefix(std::min(size, text.size()));
    return point;
}

// Dots that keyboards and old systems put in the middle dot's place.
bool is_middle_dot(char32_t point)
{
    return point == middle_dot || point == U'\u2022' || point == U'\u2027' || point == U'\u30FB' || point == U'\uFF0E';
}

bool belongs_to_a_name(char32_t point)
{
    if (point < 0x80)
        return (point >= 'A' && point <= 'Z') || (point >= 'a' && point <= 'z') || point == ' ' || point == '\'' ||
               point == '-' || point == '.';
    if (point < 0xC0) return false;                                   // C1 controls and signs
    if (point >= 0x2000 && point < 0x2E80) return false;              // punctuation, symbols, arrows
    if (point >= 0x3000 && point < 0x3005) return false;              // CJK punctuation
    if (point >= 0x3008 && point < 0x3041) return false;              // brackets
    if (point >= 0xD800 && point < 0xF900) return false;              // surrogates, private use
    if (point >= 0xFE00 && point < 0x10000) return false;             // full-width forms, U+FFFD
    return point < 0x1F000 || (point >= 0x20000 && point < 0x40000);  // no pictures; rare Han characters
}

void append(std::string& text, std::string_view written, char32_t point)
{
    if (is_middle_dot(point))
        text += "\u00B7";
    else
        text += written;
}

}  // namespace

Reading<std::string> read_name(std::string_view written)
{
    auto rest = trimmed(written);
    if (rest.empty()) return unreadable(refusal::missing_value);
    std::string name;
    std::size_t count = 0;
    while (!rest.empty()) {
        const auto before = rest;
        const auto point = next_code_point(rest);
        if (!is_middle_dot(point) && !belongs_to_a_name(point)) return unreadable(refusal::bad_character);
        append(name, before.substr(0, before.size() - rest.size()), point);
        ++count;
    }
    if (count < fewest || count > most) return unreadable(refusal::wrong_length);
    return name;
}

}  // namespace gonghui::registration
