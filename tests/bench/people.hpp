#pragma once
// The invented people and classes of the bench, by number: the same on every side, and known without a list.

#include "common/ids/uuid.hpp"

#include <cstdint>

namespace gonghui::bench {

enum class Kind : std::uint8_t { person = 0, training_class = 1, campaign = 2, organisation = 3, course = 4 };

// Of version 7, as ids of people are: ordered by number. In SQL and Python: "%012x-700K-8000-%012x" of
// 0x019000000000 + number, the kind K and the number.
inline Uuid id_of(Kind kind, std::uint64_t number)
{
    Uuid uuid;
    for (std::size_t i = 0; i < 6; ++i) {
        uuid.bytes[i] = static_cast<std::byte>((0x019000000000U + number) >> (40U - 8 * i));
        uuid.bytes[10 + i] = static_cast<std::byte>(number >> (40U - 8 * i));
    }
    uuid.bytes[6] = std::byte{0x70};
    uuid.bytes[7] = static_cast<std::byte>(kind);
    uuid.bytes[8] = std::byte{0x80};
    return uuid;
}

// Attempt by attempt: everybody tries once before anybody tries again, for another class. In no order, as people come;
// the prime is larger than any number of members, so that everybody has their turn.
struct Attempts {
    static constexpr std::uint64_t scatter = 2'654'435'761;

    std::uint64_t members = 0;
    std::uint64_t classes = 0;
    std::uint64_t first_class = 0;

    [[nodiscard]] std::uint64_t count() const { return members * (classes < 2 ? 1 : 3); }
    [[nodiscard]] Uuid person(std::uint64_t attempt) const
    {
        return id_of(Kind::person, attempt % members * scatter % members);
    }
    [[nodiscard]] Uuid wanted(std::uint64_t attempt) const
    {
        return id_of(Kind::training_class, first_class + (attempt + attempt / members * 7) % classes);
    }
};

}  // namespace gonghui::bench
