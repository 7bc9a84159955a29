#pragma once
// The blind index by which a person is found by ID number. It stands in tables only, never in an event: whoever holds
// its key can test guesses. So `evolve` computes it anew from the sealed number, on the live path and in a replay
// alike.

#include "common/bytes/bytes.hpp"
#include "common/sealing/sealed.hpp"

#include <optional>

namespace gonghui::registration {

class IdentityIndex {
public:
    virtual ~IdentityIndex() = default;
    // nullopt when the number cannot be opened any more: its owner was erased, and nobody is found by it.
    virtual std::optional<Bytes> of(const Sealed& id_number) = 0;
};

}  // namespace gonghui::registration
