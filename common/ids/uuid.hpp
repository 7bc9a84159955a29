#pragma once
// UUIDs (RFC 9562): 16 bytes on the wire and on disk, the canonical 36 characters for people and JSON.

#include "common/bytes/bytes.hpp"
#include "common/ids/random.hpp"
#include "common/time/clock.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace gonghui {

struct Uuid {
    std::array<std::byte, 16> bytes{};

    friend auto operator<=>(const Uuid&, const Uuid&) = default;
    [[nodiscard]] bool is_nil() const { return *this == Uuid{}; }
    [[nodiscard]] BytesView view() const { return bytes; }

    static std::optional<Uuid> parse(std::string_view text);
    static std::optional<Uuid> from_bytes(BytesView view);  // exactly 16 bytes
};

std::string to_string(const Uuid& uuid);

// Version 4: no information but randomness.
Uuid make_random_uuid(Random& random);

// Version 7: ordered by time. For requests, where the time bounds how long an idempotency record is kept; and for
// what tables are sorted by: what is added goes to the end of the tree, in pages that are at hand.
Uuid make_ordered_uuid(UtcTime now, Random& random);

// The time in a version 7 id, to the millisecond; nullopt for any other version.
std::optional<UtcTime> time_of(const Uuid& uuid);

// Greater than every version 7 id of an earlier millisecond, less than all others: a bound in a table sorted by them.
Uuid first_ordered_uuid(UtcTime time);

// Version 8: the same (cause, index, deriver) always gives the same id, so that a replay or a retry names the same
// event. `deriver` tells those apart who derive from one cause: two services that react to the same event.
Uuid derive_uuid(const Uuid& cause, std::uint32_t index, std::string_view deriver = {});

// Version 8, of what is known by its content, such as a file: BLAKE2b-128 over the bytes.
Uuid uuid_of_content(BytesView content);

}  // namespace gonghui

template <>
struct std::hash<gonghui::Uuid> {
    std::size_t operator()(const gonghui::Uuid& uuid) const noexcept
    {
        // Eight bytes of the tail: random in v4 and v7, a hash in v8.
        std::size_t value = 0;
        std::memcpy(&value, uuid.bytes.data() + 8, sizeof value);
        return value;
    }
};
