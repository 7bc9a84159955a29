#include "services/gateway/http/limits.hpp"

#include <algorithm>

namespace gonghui::gateway {

namespace {

constexpr std::size_t slots = 1U << 15U;  // half a megabyte each

std::uint64_t secret(Random& random)
{
    std::uint64_t value = 0;
    random.fill(std::as_writable_bytes(std::span(&value, 1)));
    return value;
}

// Whoever has one address of IPv6 has its network's 2^64.
std::string_view network_of(std::string_view address)
{
    if (address.find(':') == address.npos || address.starts_with("::ffff:")) return address;
    std::size_t end = 0;
    for (int groups = 0; groups < 4 && end < address.size(); ++groups)
        end = std::min(address.find(':', end), address.size() - 1) + 1;
    return address.substr(0, end);
}

Limits::Wait in_milliseconds(const std::optional<TokenBuckets::Wait>& wait)
{
    if (!wait) return std::nullopt;
    return std::chrono::ceil<std::chrono::milliseconds>(*wait);
}

}  // namespace

Limits::Limits(const LimitSettings& settings, Random& random)
    : addresses_({settings.address_per_second, settings.address_per_second * 10}, slots, secret(random)),
      persons_({settings.person_per_second, settings.person_per_second * 6}, slots, secret(random)),
      routes_({settings.person_per_second / 2, settings.person_per_second * 2}, slots, secret(random)),
      log_ins_({2, 120}, slots, secret(random)),
      accounts_({1.0 / 60, 10}, slots, secret(random))
{
}

Limits::Wait Limits::request(const HttpRequest& request)
{
    return in_milliseconds(addresses_.take(network_of(request.address), std::chrono::steady_clock::now()));
}

Limits::Wait Limits::person(std::string_view person, std::string_view route)
{
    const auto now = std::chrono::steady_clock::now();
    if (const auto wait = persons_.take(person, now)) return in_milliseconds(wait);
    return in_milliseconds(routes_.take(std::string(person).append(route), now));
}

Limits::Wait Limits::log_in(const HttpRequest& request)
{
    return in_milliseconds(log_ins_.take(network_of(request.address), std::chrono::steady_clock::now()));
}

Limits::Wait Limits::account(std::string_view name)
{
    return in_milliseconds(accounts_.take(name, std::chrono::steady_clock::now()));
}

}  // namespace gonghui::gateway
