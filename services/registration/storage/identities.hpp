#pragma once
// What evolve needs of the keys that people's data is sealed with.

#include "common/sealing/sealed.hpp"
#include "schemas/generated/ids.hpp"

#include <cstdint>
#include <optional>

namespace gonghui::registration {

// Finds a person by ID number without holding the number: the first 64 bits of a keyed hash. Two of 1.5 million members
// share one with a probability of 6e-8 (n^2 / 2^65); the later would be taken for the earlier.
struct IdIndex {
    std::int64_t value = 0;
    friend bool operator==(const IdIndex&, const IdIndex&) = default;
};

// The same of mobile numbers, which several people may have in common.
struct PhoneIndex {
    std::int64_t value = 0;
    friend bool operator==(const PhoneIndex&, const PhoneIndex&) = default;
};

class Identities {
public:
    virtual ~Identities() = default;
    // The blind index by which a person is found by ID number. It stands in tables only, never in an event: whoever
    // holds its key can test guesses. So `evolve` computes it anew from the sealed number, on the live path and in a
    // replay alike. nullopt when the number cannot be opened any more: its owner was erased, and nobody is found by it.
    virtual std::optional<IdIndex> of(const Sealed& id_number) = 0;
    // The same by mobile number.
    virtual std::optional<PhoneIndex> of_phone(const Sealed& phone) = 0;
    // Destroys the person's key, for ever. Again for who was erased before: does nothing.
    virtual void erase(const PersonId& person) = 0;
};

}  // namespace gonghui::registration
