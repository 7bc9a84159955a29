#include "services/hub/domain/line.hpp"

#include <algorithm>

namespace gonghui::hub {

namespace {

constexpr double newest_counts = 0.3;  // of one tick among those before
constexpr double slowest = 50;         // per second: a partition that stands still has a line, too

constexpr Duration half_a_second = std::chrono::milliseconds(500);

}  // namespace

Duration wait_until(UtcTime turn, UtcTime now)
{
    const auto left = std::max(turn - now, shortest_wait);
    return left < 2 * half_a_second ? left : half_a_second + left % half_a_second;
}

UtcTime Line::join(UtcTime now)
{
    grows_ = true;
    const auto turn = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / per_second_));
    end_ = std::max(end_, now + shortest_wait) + turn;
    return std::min(end_, now + longest_wait);
}

std::int64_t Line::ahead_of(UtcTime turn, UtcTime now) const
{
    const std::chrono::duration<double> left = std::max(turn - now - shortest_wait, Duration::zero());
    return static_cast<std::int64_t>(left.count() * per_second_);
}

void Line::on_tick(UtcTime now)
{
    const std::chrono::duration<double> passed = now - last_tick_;
    if (grows_ && last_tick_ != UtcTime{} && passed.count() > 0) {
        const auto measured = static_cast<double>(answers_) / passed.count();
        per_second_ = std::max(slowest, (1 - newest_counts) * per_second_ + newest_counts * measured);
    }
    last_tick_ = now;
    answers_ = 0;
    grows_ = false;
}

}  // namespace gonghui::hub
