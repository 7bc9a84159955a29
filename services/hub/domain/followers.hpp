#pragma once
// Who gets which events. Followers say every second what they follow; a hub that has been restarted learns it again.

#include "common/time/clock.hpp"
#include "services/hub/domain/rights.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::hub {

struct Follower {
    std::string route;
    Peer* peer = nullptr;
    std::vector<std::string> prefixes;
    UtcTime heard;
    std::int64_t forwarded = 0;
    std::int64_t dropped = 0;  // it did not take them in time; it will read the log

    [[nodiscard]] bool wants(std::string_view topic) const;
};

// Belongs to one thread. `rights` outlives it.
class Followers {
public:
    explicit Followers(const Rights& rights) : rights_(rights) {}

    // False when the peer may not follow this; then nothing changes.
    bool on_follow(std::string_view route, Peer& peer, std::string_view topic_prefix, UtcTime now);
    void on_gone(std::string_view route);
    void on_rights_changed();
    // Forgets whom nobody has heard for a minute; a follower that was merely busy speaks again within a second.
    void on_tick(UtcTime now);

    [[nodiscard]] std::vector<Follower>& all() { return followers_; }
    [[nodiscard]] const std::vector<Follower>& all() const { return followers_; }

private:
    const Rights& rights_;
    std::vector<Follower> followers_;
};

}  // namespace gonghui::hub
