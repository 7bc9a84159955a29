#include "services/gateway/domain/one_time_codes.hpp"

#include <array>

namespace gonghui::gateway {

namespace {

using namespace std::chrono_literals;

constexpr auto good_for = 5min;
constexpr auto between_two = 60s;
constexpr int most_tries = 5;
constexpr Rate codes_of_a_number{1.0 / 3600, 10};
constexpr std::size_t slots = 1U << 15U;  // half a megabyte
constexpr std::size_t one_slot = 4;       // as few as a table has

std::uint64_t random_number(Random& random)
{
    std::array<std::byte, 8> bytes{};
    random.fill(bytes);
    std::uint64_t number = 0;
    for (const auto byte : bytes) number = number << 8U | std::to_integer<std::uint64_t>(byte);
    return number;
}

std::chrono::milliseconds in_milliseconds(TokenBuckets::Wait wait)
{
    return std::chrono::ceil<std::chrono::milliseconds>(wait);
}

std::string six_digits(Random& random)
{
    // 64 bits: the first of a million codes is likelier than the last by 5e-14.
    auto text = std::to_string(random_number(random) % 1'000'000);
    text.insert(0, 6 - text.size(), '0');
    return text;
}

}  // namespace

OneTimeCodes::OneTimeCodes(const CodeRates& rates, Random& random, std::size_t most)
    : random_(random),
      most_(most),
      numbers_(codes_of_a_number, slots, random_number(random)),
      minute_({rates.per_minute / 60, rates.per_minute}, one_slot, 0),
      day_({rates.per_day / 86'400, rates.per_day}, one_slot, 0)
{
}

tl::expected<std::string, NoCode> OneTimeCodes::make(const std::string& phone, UtcTime now)
{
    forget_old(now);
    const auto found = made_.find(phone);
    if (found == made_.end() && made_.size() >= most_) return tl::make_unexpected(NoCode{between_two, true});
    if (found != made_.end() && now - found->second.at < between_two) return tl::make_unexpected(NoCode{between_two});
    // The number's own first: whoever asks for one number over and over takes nothing from the others.
    const TokenBuckets::Time time(now.time_since_epoch());
    if (const auto wait = numbers_.take(phone, time)) return tl::make_unexpected(NoCode{in_milliseconds(*wait)});
    if (const auto wait = minute_.take({}, time)) return tl::make_unexpected(NoCode{in_milliseconds(*wait), true});
    if (const auto wait = day_.take({}, time)) return tl::make_unexpected(NoCode{in_milliseconds(*wait), true});
    auto& made = made_[phone];
    made = {six_digits(random_), now, 0};
    return made.code;
}

bool OneTimeCodes::take(const std::string& phone, std::string_view code, UtcTime now)
{
    const auto found = made_.find(phone);
    if (found == made_.end()) return false;
    auto& made = found->second;
    if (now - made.at >= good_for || ++made.tries > most_tries) return false;
    if (code != made.code) return false;
    made.tries = most_tries;  // the next one waits its minute
    return true;
}

void OneTimeCodes::forget_old(UtcTime now)
{
    if (now - looked_ < 10s && made_.size() < most_) return;
    looked_ = now;
    std::erase_if(made_, [&](const auto& one) { return now - one.second.at >= good_for; });
}

}  // namespace gonghui::gateway
