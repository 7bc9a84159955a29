#include "services/gateway/domain/token_buckets.hpp"

#include <algorithm>
#include <functional>
#include <span>

namespace gonghui::gateway {

namespace {

constexpr std::size_t ways = 4;  // slots in which a key may stand

std::uint64_t mixed(std::uint64_t value)
{
    // The finaliser of SplitMix64.
    value = (value ^ value >> 30U) * 0xBF58476D1CE4E5B9U;
    value = (value ^ value >> 27U) * 0x94D049BB133111EBU;
    return value ^ value >> 31U;
}

}  // namespace

TokenBuckets::TokenBuckets(Rate rate, std::size_t slots, std::uint64_t secret)
    : per_token_(std::chrono::duration_cast<Wait>(std::chrono::duration<double>(1 / rate.per_second))),
      depth_(std::chrono::duration_cast<Wait>(std::chrono::duration<double>((rate.burst - 1) / rate.per_second))),
      secret_(secret),
      slots_(slots)
{
}

TokenBuckets::Slot& TokenBuckets::slot_of(std::uint64_t key)
{
    const std::span candidates(&slots_[key & (slots_.size() - 1) & ~(ways - 1)], ways);
    for (auto& slot : candidates)
        if (slot.key == key) return slot;
    auto& oldest = *std::min_element(candidates.begin(), candidates.end(),
                                     [](const Slot& a, const Slot& b) { return a.full_at < b.full_at; });
    oldest = {key, {}};
    return oldest;
}

std::optional<TokenBuckets::Wait> TokenBuckets::take(std::string_view key, Time now)
{
    auto& slot = slot_of(mixed(std::hash<std::string_view>{}(key) ^ secret_));
    const auto full_at = std::max(slot.full_at, now);
    if (full_at - now > depth_) return full_at - now - depth_;
    slot.full_at = full_at + per_token_;
    return std::nullopt;
}

}  // namespace gonghui::gateway
