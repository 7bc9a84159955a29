#include "common/bytes/base64.hpp"

#include <algorithm>
#include <cstdint>

namespace gonghui {

namespace {

constexpr std::string_view standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string written(BytesView bytes, std::string_view letters)
{
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto given = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8U | (k < given ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) out += k <= given ? letters[group >> (18 - 6 * k) & 0x3FU] : '=';
    }
    return out;
}

// Without padding.
std::optional<Bytes> read(std::string_view text, std::string_view letters)
{
    if (text.size() % 4 == 1) return std::nullopt;
    Bytes out;
    out.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const auto value = letters.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = bits << 6U | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out.push_back(static_cast<std::byte>(bits >> count & 0xFFU));
    }
    return out;
}

}  // namespace

std::string to_base64(BytesView bytes)
{
    return written(bytes, standard);
}

std::optional<Bytes> from_base64(std::string_view text)
{
    if (text.size() % 4 != 0) return std::nullopt;
    while (!text.empty() && text.back() == '=' && text.size() % 4 != 2) text.remove_suffix(1);
    return read(text, standard);
}

std::string to_base64url(BytesView bytes)
{
    auto text = written(bytes, url);
    text.erase(std::min(text.find('='), text.size()));
    return text;
}

std::optional<Bytes> from_base64url(std::string_view text)
{
    return read(text, url);
}

}  // namespace gonghui
