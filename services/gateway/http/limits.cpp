#include "services/gateway/http/limits.hpp"

#include <boost/asio/ip/address.hpp>

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

Limits::Wait in_milliseconds(const std::optional<TokenBuckets::Wait>& wait)
{
    if (!wait) return std::nullopt;
    return std::chrono::ceil<std::chrono::milliseconds>(*wait);
}

}  // namespace

std::string network_of(const std::string& text)
{
    boost::system::error_code none;
    const auto address = boost::asio::ip::make_address(text, none);
    if (none || !address.is_v6() || address.to_v6().is_v4_mapped()) return text;
    auto network = address.to_v6().to_bytes();
    std::fill(network.begin() + network.size() / 2, network.end(), static_cast<unsigned char>(0));
    return boost::asio::ip::address_v6(network).to_string();
}

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
