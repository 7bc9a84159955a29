#include "services/hub/domain/ticket.hpp"

#include <sodium.h>

#include <algorithm>

namespace gonghui::hub {

namespace {

// 8 bytes, big-endian: microseconds since 1970; then the signature.
constexpr std::size_t turn_bytes = 8;
constexpr std::size_t signature_bytes = 16;

using Signature = std::array<std::byte, signature_bytes>;

Bytes written(UtcTime turn)
{
    const auto microseconds = static_cast<std::uint64_t>(to_microseconds(turn));
    Bytes out(turn_bytes);
    for (std::size_t i = 0; i < turn_bytes; ++i) out[i] = static_cast<std::byte>(microseconds >> (8 * (7 - i)));
    return out;
}

UtcTime read_turn(BytesView bytes)
{
    std::uint64_t microseconds = 0;
    for (std::size_t i = 0; i < turn_bytes; ++i)
        microseconds = microseconds << 8U | std::to_integer<std::uint64_t>(bytes[i]);
    return from_microseconds(static_cast<std::int64_t>(microseconds));
}

// BLAKE2b-128 with the hub's key. Its texts have fixed lengths but for the last one.
Signature signature_of(std::span<const std::byte> key, BytesView turn, const Uuid& request_id, std::string_view caller)
{
    crypto_generichash_state state;
    const auto take = [&](const void* data, std::size_t size) {
        crypto_generichash_update(&state, static_cast<const unsigned char*>(data), size);
    };
    crypto_generichash_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size(), signature_bytes);
    take(turn.data(), turn.size());
    take(request_id.bytes.data(), request_id.bytes.size());
    take(caller.data(), caller.size());
    Signature signature{};
    crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(signature.data()), signature.size());
    return signature;
}

}  // namespace

Tickets::Tickets(Random& random)
{
    random.fill(key_);
}

Bytes Tickets::ticket(std::string_view caller_key, const Uuid& request_id, UtcTime turn) const
{
    auto out = written(turn);
    const auto signature = signature_of(key_, out, request_id, caller_key);
    out.insert(out.end(), signature.begin(), signature.end());
    return out;
}

std::optional<UtcTime> Tickets::turn_in(BytesView ticket, std::string_view caller_key, const Uuid& request_id) const
{
    if (ticket.size() != turn_bytes + signature_bytes) return std::nullopt;
    const auto turn = ticket.first(turn_bytes);
    const auto signature = signature_of(key_, turn, request_id, caller_key);
    if (sodium_memcmp(ticket.data() + turn_bytes, signature.data(), signature_bytes) != 0) return std::nullopt;
    return read_turn(turn);
}

}  // namespace gonghui::hub
