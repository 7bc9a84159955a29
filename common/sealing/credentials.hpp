#pragma once
// What people show to be let in, as it may be kept.

#include "common/bytes/bytes.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace gonghui::sealing {

// Argon2id with the least that OWASP recommends, 19 MiB and two passes, in the form of the Password Hashing
// Competition; some 25 ms.
[[nodiscard]] std::string hash_of_password(std::string_view password);
// As long. `hash` may be anything.
[[nodiscard]] bool fits(const std::string& hash, std::string_view password);

// SHA-256. Enough for 256 random bits, which nobody can guess.
[[nodiscard]] std::array<std::byte, 32> hash_of_token(std::span<const std::byte, 32> token);

}  // namespace gonghui::sealing
