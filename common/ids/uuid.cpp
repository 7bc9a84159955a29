#include "common/ids/uuid.hpp"

#include "common/ids/sodium.hpp"

#include <algorithm>

namespace gonghui {

namespace {

constexpr std::size_t text_size = 36;
constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr bool is_dash_at(std::size_t position)
{
    return position == 8 || position == 13 || position == 18 || position == 23;
}

int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr std::byte variant_mask{0x3f};
constexpr std::byte variant_rfc{0x80};

void stamp(Uuid& uuid, unsigned version)
{
    uuid.bytes[6] = (uuid.bytes[6] & std::byte{0x0f}) | static_cast<std::byte>(version << 4);
    uuid.bytes[8] = (uuid.bytes[8] & variant_mask) | variant_rfc;
}

void put_time(Uuid& uuid, UtcTime time)
{
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
    for (std::size_t i = 0; i < 6; ++i) uuid.bytes[i] = static_cast<std::byte>((milliseconds >> (8 * (5 - i))) & 0xff);
    stamp(uuid, 7);
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text)
{
    if (text.size() != text_size) return std::nullopt;
    Uuid uuid;
    std::size_t filled = 0;
    for (std::size_t i = 0; i < text_size;) {
        if (is_dash_at(i)) {
            if (text[i] != '-') return std::nullopt;
            ++i;
            continue;
        }
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        uuid.bytes[filled++] = static_cast<std::byte>(high * 16 + low);
        i += 2;
    }
    return uuid;
}

std::optional<Uuid> Uuid::from_bytes(BytesView view)
{
    Uuid uuid;
    if (view.size() != uuid.bytes.size()) return std::nullopt;
    std::copy(view.begin(), view.end(), uuid.bytes.begin());
    return uuid;
}

std::string to_string(const Uuid& uuid)
{
    std::string text;
    text.reserve(text_size);
    for (const auto byte : uuid.bytes) {
        if (is_dash_at(text.size())) text += '-';
        text += hex_digits[std::to_integer<std::size_t>(byte >> 4)];
        text += hex_digits[std::to_integer<std::size_t>(byte & std::byte{0x0f})];
    }
    return text;
}

Uuid make_random_uuid(Random& random)
{
    Uuid uuid;
    random.fill(uuid.bytes);
    stamp(uuid, 4);
    return uuid;
}

Uuid make_ordered_uuid(UtcTime now, Random& random)
{
    Uuid uuid;
    random.fill(uuid.bytes);
    put_time(uuid, now);
    return uuid;
}

Uuid first_ordered_uuid(UtcTime time)
{
    Uuid uuid;
    put_time(uuid, time);
    return uuid;
}

std::optional<UtcTime> time_of(const Uuid& uuid)
{
    if ((uuid.bytes[6] >> 4) != std::byte{7} || (uuid.bytes[8] & ~variant_mask) != variant_rfc) return std::nullopt;
    std::int64_t milliseconds = 0;
    for (std::size_t i = 0; i < 6; ++i) milliseconds = milliseconds << 8 | std::to_integer<std::int64_t>(uuid.bytes[i]);
    return UtcTime{std::chrono::milliseconds{milliseconds}};
}

// BLAKE2b-128 over the 16 bytes of the cause and the index as four bytes, big end first.
Uuid derive_uuid(const Uuid& cause, std::uint32_t index, std::string_view deriver)
{
    require_sodium();
    std::array<unsigned char, 4> number{};
    for (std::size_t i = 0; i < 4; ++i) number[i] = static_cast<unsigned char>(index >> (8 * (3 - i)));

    Uuid uuid;
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, uuid.bytes.size());
    crypto_generichash_update(&state, sodium_bytes(cause.bytes.data()), cause.bytes.size());
    crypto_generichash_update(&state, number.data(), number.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(deriver.data()), deriver.size());
    crypto_generichash_final(&state, sodium_bytes(uuid.bytes.data()), uuid.bytes.size());
    stamp(uuid, 8);
    return uuid;
}

Uuid uuid_of_content(BytesView content)
{
    require_sodium();
    Uuid uuid;
    crypto_generichash(sodium_bytes(uuid.bytes.data()), uuid.bytes.size(), sodium_bytes(content.data()), content.size(),
                       nullptr, 0);
    stamp(uuid, 8);
    return uuid;
}

}  // namespace gonghui
