#pragma once
// A field of a map that may lack it.

#include "common/codec/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gonghui::ctl {

inline codec::Value field(codec::Value map, std::string_view name)
{
    return map.find(name).value_or(codec::Value{});
}

inline std::int64_t number_of(codec::Value map, std::string_view name)
{
    return field(map, name).integer().value_or(0);
}

inline std::string text_of(codec::Value map, std::string_view name)
{
    return std::string(field(map, name).text().value_or(""));
}

}  // namespace gonghui::ctl
