#include "services/notifications/storage/parameters.hpp"

#include <charconv>
#include <stdexcept>

namespace gonghui::notifications {

namespace {

void append(std::string& out, std::string_view text)
{
    out.append(std::to_string(text.size())).append(":").append(text);
}

std::string take(std::string_view& packed)
{
    std::size_t size = 0;
    const auto read = std::from_chars(packed.data(), packed.data() + packed.size(), size);
    const auto digits = static_cast<std::size_t>(read.ptr - packed.data());
    if (read.ec != std::errc{} || digits >= packed.size() || *read.ptr != ':' || size > packed.size() - digits - 1)
        throw std::runtime_error("the parameters of a message are damaged");
    std::string text(packed.substr(digits + 1, size));
    packed.remove_prefix(digits + 1 + size);
    return text;
}

}  // namespace

std::string pack(const Parameters& parameters)
{
    std::string out;
    for (const auto& [name, value] : parameters) {
        append(out, name);
        append(out, value);
    }
    return out;
}

Parameters unpack(std::string_view packed)
{
    Parameters parameters;
    while (!packed.empty()) {
        auto name = take(packed);
        parameters.emplace(std::move(name), take(packed));
    }
    return parameters;
}

}  // namespace gonghui::notifications
