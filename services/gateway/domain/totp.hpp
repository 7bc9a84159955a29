#pragma once
// Time-based one-time passwords, RFC 6238: SHA-1, six digits, thirty seconds, as every authenticator app does them.

#include "common/bytes/bytes.hpp"
#include "common/time/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gonghui::gateway {

// Which thirty seconds it is.
[[nodiscard]] std::int64_t step_at(UtcTime time);

[[nodiscard]] std::string code_of(BytesView secret, std::int64_t step);

// The step whose code it is: the present one, or the one before or after, as clocks differ. None that is at or before
// `last`: a code is taken once.
[[nodiscard]] std::optional<std::int64_t> matching_step(BytesView secret, std::string_view code, UtcTime now,
                                                        std::int64_t last);

}  // namespace gonghui::gateway
