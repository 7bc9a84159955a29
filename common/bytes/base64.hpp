#pragma once
// Base64 (RFC 4648), with padding, as JSON writes bytes; and in the alphabet that is safe in addresses and cookies,
// without.

#include "common/bytes/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gonghui {

std::string to_base64(BytesView bytes);
std::optional<Bytes> from_base64(std::string_view text);

std::string to_base64url(BytesView bytes);
std::optional<Bytes> from_base64url(std::string_view text);

}  // namespace gonghui
