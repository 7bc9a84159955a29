#include "services/gateway/domain/totp.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace gonghui::gateway {

namespace {

constexpr std::int64_t seconds_of_a_step = 30;
constexpr std::size_t digits = 6;

}  // namespace

std::int64_t step_at(UtcTime time)
{
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count() / seconds_of_a_step;
}

std::string code_of(BytesView secret, std::int64_t step)
{
    std::array<unsigned char, 8> counter{};
    for (std::size_t i = 0; i < counter.size(); ++i)
        counter[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (8 * (counter.size() - 1 - i)));
    std::array<unsigned char, 20> hash{};
    unsigned int size = 0;
    HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), hash.data(),
         &size);
    // RFC 4226, section 5.3: "dynamic truncation".
    const std::size_t at = hash.back() & 0xFU;
    const std::uint32_t number = (hash[at] & 0x7FU) << 24U | static_cast<std::uint32_t>(hash[at + 1]) << 16U |
                                 static_cast<std::uint32_t>(hash[at + 2]) << 8U | hash[at + 3];
    auto text = std::to_string(number % 1'000'000);
    text.insert(0, digits - text.size(), '0');
    return text;
}

std::optional<std::int64_t> matching_step(BytesView secret, std::string_view code, UtcTime now, std::int64_t last)
{
    if (code.size() != digits) return std::nullopt;
    const auto present = step_at(now);
    for (auto step = present - 1; step <= present + 1; ++step)
        if (step > last && code == code_of(secret, step)) return step;
    return std::nullopt;
}

}  // namespace gonghui::gateway
