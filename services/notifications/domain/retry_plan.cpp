#include "services/notifications/domain/retry_plan.hpp"

#include <array>

namespace gonghui::notifications {

using namespace std::chrono_literals;

std::optional<Duration> wait_after(int attempt)
{
    static constexpr std::array<std::chrono::minutes, most_attempts - 1> waits{1min, 5min, 30min, 2h, 8h};
    if (attempt < 1 || attempt >= most_attempts) return std::nullopt;
    return waits[static_cast<std::size_t>(attempt - 1)];
}

}  // namespace gonghui::notifications
