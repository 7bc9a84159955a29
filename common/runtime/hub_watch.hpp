#pragma once
// Says when the connection to the hub changes, as silence would mean anything to whoever reads the log. Belongs to one
// thread.

#include "common/time/clock.hpp"
#include "common/zeromq/socket.hpp"

#include <cstdint>
#include <optional>

namespace gonghui::runtime {

enum class HubNews : std::uint8_t { connected, unreachable, key_refused };

class HubWatch {
public:
    // A hub that starts or starts again is not worth a word.
    static constexpr std::chrono::seconds patience{3};

    // What is to be told now: once per change.
    std::optional<HubNews> look(zeromq::Link link, UtcTime now);

private:
    std::optional<HubNews> told_;
    std::optional<UtcTime> down_since_;
};

}  // namespace gonghui::runtime
