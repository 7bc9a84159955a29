#pragma once
// A message's parameters as one column: every name and value behind its length in bytes ("5:venue6:二楼"), so that no
// character of a title can be taken for a separator.

#include "services/notifications/domain/rendering.hpp"

namespace gonghui::notifications {

[[nodiscard]] std::string pack(const Parameters& parameters);
// Throws std::runtime_error on what `pack` did not write.
[[nodiscard]] Parameters unpack(std::string_view packed);

}  // namespace gonghui::notifications
