#pragma once
// services/ctl/district.toml, compiled in.

#include <string_view>

namespace gonghui::ctl {

extern const std::string_view embedded_district;

}  // namespace gonghui::ctl
