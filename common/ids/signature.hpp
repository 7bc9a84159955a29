#pragma once
// What only the holder of a key can have written: keyed BLAKE2b-128 (RFC 7693).

#include "common/bytes/bytes.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace gonghui {

using Signature = std::array<std::byte, 16>;

// `key`: 16 to 64 bytes.
Signature sign(std::span<const std::byte> key, BytesView text);
// In a time that does not tell where they differ.
bool is_same(const Signature& signature, std::span<const std::byte, 16> claimed);

}  // namespace gonghui
