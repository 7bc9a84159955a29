#pragma once
// Base64 (RFC 4648, with padding): how JSON writes bytes.

#include "common/bytes/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gonghui::ctl {

std::string to_base64(BytesView bytes);
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace gonghui::ctl
