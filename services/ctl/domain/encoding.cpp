#include "services/ctl/domain/encoding.hpp"

#include <iconv.h>

#include <cstring>
#include <stdexcept>
#include <utility>

namespace gonghui::ctl {

namespace {

void* const no_converter = reinterpret_cast<void*>(-1);

// Bytes of the well-formed sequence at the front; 0 when there is none.
std::size_t sequence_size(std::string_view text)
{
    const auto byte = [&](std::size_t i) {
        return static_cast<unsigned char>(text[i]);
    };
    const auto lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4) return 0;
    const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((byte(i) & 0xC0U) != 0x80) return 0;
    const auto second = byte(1);
    const bool well_formed = (lead != 0xE0 || second >= 0xA0) && (lead != 0xED || second < 0xA0) &&
                             (lead != 0xF0 || second >= 0x90) && (lead != 0xF4 || second < 0x90);
    return well_formed ? size : 0;
}

bool next_eight_are_ascii(std::string_view text)
{
    std::uint64_t word = 0;
    if (text.size() < sizeof word) return false;
    std::memcpy(&word, text.data(), sizeof word);
    return (word & 0x8080808080808080U) == 0;
}

}  // namespace

bool is_utf8(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto size = next_eight_are_ascii(bytes) ? sizeof(std::uint64_t) : sequence_size(bytes);
        if (size == 0) return false;
        bytes.remove_prefix(size);
    }
    return true;
}

Gb18030Reader::Gb18030Reader() : converter_(iconv_open("UTF-8", "GB18030"))
{
    if (converter_ == no_converter) throw std::runtime_error("this system cannot read GB18030");
}

Gb18030Reader::~Gb18030Reader()
{
    if (converter_ != no_converter) iconv_close(converter_);
}

Gb18030Reader::Gb18030Reader(Gb18030Reader&& other) noexcept : converter_(std::exchange(other.converter_, no_converter))
{
}

std::optional<std::string> Gb18030Reader::read(std::string_view bytes)
{
    // Two bytes become three at most, four become four.
    std::string out(bytes.size() * 2, '\0');
    auto* in_at = const_cast<char*>(bytes.data());  // iconv's signature; it changes nothing
    auto in_left = bytes.size();
    auto* out_at = out.data();
    auto out_left = out.size();
    iconv(converter_, nullptr, nullptr, nullptr, nullptr);
    if (iconv(converter_, &in_at, &in_left, &out_at, &out_left) == static_cast<std::size_t>(-1)) return std::nullopt;
    out.resize(out.size() - out_left);
    return out;
}

}  // namespace gonghui::ctl
