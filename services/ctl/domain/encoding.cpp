#include "services/ctl/domain/encoding.hpp"

#include <iconv.h>

#include <stdexcept>
#include <utility>

namespace gonghui::ctl {

namespace {

void* const no_converter = reinterpret_cast<void*>(-1);

}  // namespace

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
