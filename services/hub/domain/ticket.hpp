#pragma once
// What whoever is turned away takes along, so that they keep their place in line: their turn, signed by this hub for
// this key and this request. The hub remembers none of them.

#include "common/bytes/bytes.hpp"
#include "common/ids/random.hpp"
#include "common/ids/uuid.hpp"
#include "common/time/clock.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace gonghui::hub {

class Tickets {
public:
    // Of an earlier start of the hub, tickets are worth nothing: their holders stand in line anew.
    explicit Tickets(Random& random);

    [[nodiscard]] Bytes ticket(std::string_view caller_key, const Uuid& request_id, UtcTime turn) const;
    // nullopt: it is none of ours, or another's.
    [[nodiscard]] std::optional<UtcTime> turn_in(BytesView ticket, std::string_view caller_key,
                                                 const Uuid& request_id) const;

private:
    std::array<std::byte, 32> key_{};
};

}  // namespace gonghui::hub
