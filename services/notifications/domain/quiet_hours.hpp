#pragma once
// The hours of the day in which no e-mail leaves, unless it is critical. A setting of the district, kept as an event.

#include "common/time/clock.hpp"

#include <string>

namespace gonghui::notifications {

// Minutes of the local day. The quiet may reach over midnight; begin and end alike mean that there is none. China keeps
// one fixed offset all year round, so an offset says all that a time zone would.
struct QuietHours {
    int begins_minute = 21 * 60;
    int ends_minute = 8 * 60;
    int utc_offset_minutes = 8 * 60;
    friend bool operator==(const QuietHours&, const QuietHours&) = default;
};

// `wanted` itself when it lies outside the quiet hours, else the moment at which they end. The end is no longer quiet.
[[nodiscard]] UtcTime after_quiet(const QuietHours& quiet, UtcTime wanted);

// A time as people at that offset write it: "2026-03-01 19:30".
[[nodiscard]] std::string to_local_text(UtcTime time, int utc_offset_minutes);

}  // namespace gonghui::notifications
