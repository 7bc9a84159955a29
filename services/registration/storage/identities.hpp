#pragma once
// What evolve needs of the keys that people's data is sealed with.

#include "common/bytes/bytes.hpp"
#include "common/sealing/sealed.hpp"
#include "schemas/generated/ids.hpp"

#include <optional>

namespace gonghui::registration {

class Identities {
public:
    virtual ~Identities() = default;
    // The blind index by which a person is found by ID number. It stands in tables only, never in an event: whoever
    // holds its key can test guesses. So `evolve` computes it anew from the sealed number, on the live path and in a
    // replay alike. nullopt when the number cannot be opened any more: its owner was erased, and nobody is found by it.
    virtual std::optional<Bytes> of(const Sealed& id_number) = 0;
    // Destroys the person's key, for ever. Again for who was erased before: does nothing.
    virtual void erase(const PersonId& person) = 0;
};

}  // namespace gonghui::registration
