#include "services/hub/domain/ticket.hpp"

#include "common/ids/signature.hpp"

namespace gonghui::hub {

namespace {

// 8 bytes, big-endian: microseconds since 1970; then the signature.
constexpr std::size_t turn_bytes = 8;
constexpr std::size_t signature_bytes = sizeof(Signature);

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

// Its parts have fixed lengths but for the last one.
Bytes signed_text(BytesView turn, const Uuid& request_id, std::string_view caller)
{
    auto text = to_bytes(turn);
    const auto id = request_id.view();
    text.insert(text.end(), id.begin(), id.end());
    const auto name = as_bytes(caller);
    text.insert(text.end(), name.begin(), name.end());
    return text;
}

}  // namespace

Tickets::Tickets(Random& random)
{
    random.fill(key_);
}

Bytes Tickets::ticket(std::string_view caller_key, const Uuid& request_id, UtcTime turn) const
{
    auto out = written(turn);
    const auto signature = sign(key_, signed_text(out, request_id, caller_key));
    out.insert(out.end(), signature.begin(), signature.end());
    return out;
}

std::optional<UtcTime> Tickets::turn_in(BytesView ticket, std::string_view caller_key, const Uuid& request_id) const
{
    if (ticket.size() != turn_bytes + signature_bytes) return std::nullopt;
    const auto turn = ticket.first(turn_bytes);
    const auto signature = sign(key_, signed_text(turn, request_id, caller_key));
    if (!is_same(signature, ticket.subspan(turn_bytes).first<signature_bytes>())) return std::nullopt;
    return read_turn(turn);
}

}  // namespace gonghui::hub
