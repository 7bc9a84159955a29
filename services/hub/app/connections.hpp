#pragma once
// Whose connections are open: so that those of a key can be ended when its grant is taken away.

#include "common/zeromq/message.hpp"
#include "common/zeromq/socket.hpp"
#include "services/hub/domain/rights.hpp"
#include "services/hub/domain/status.hpp"

#include <unordered_map>

namespace gonghui::hub {

// Belongs to one thread.
class Connections {
public:
    void on_door_events(zeromq::Socket& socket);

    // Something came over a connection. Ends it when the key that it shows has no grant, or is kept out.
    void on_heard(const zeromq::Message& frame, const Peer& peer);

    // Ends the connections of keys without a grant, and those that have shown no key yet, since they may be of such a
    // one: whoever has a grant connects again.
    void on_rights_changed();

    // Ends those of this peer.
    void end_those_of(const Peer& peer);

    [[nodiscard]] const DoorCounters& counters() const { return counters_; }

private:
    void end(int connection);

    std::unordered_map<int, const Peer*> speakers_;  // of every open connection; nullptr: has shown no key yet
    DoorCounters counters_;
};

}  // namespace gonghui::hub
