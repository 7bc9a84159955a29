#pragma once

#include <string_view>

namespace gonghui::codec {

// Whether all of it is well-formed (RFC 3629, section 4): no overlong forms, no surrogates, nothing cut.
[[nodiscard]] bool is_utf8(std::string_view view);

}  // namespace gonghui::codec
