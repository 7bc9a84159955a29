#include "services/hub/app/connections.hpp"

namespace gonghui::hub {

void Connections::on_door_events(zeromq::Socket& socket)
{
    while (const auto event = socket.next_at_the_door()) {
        switch (event->what) {
            case zeromq::AtTheDoor::opened:
                speakers_.try_emplace(event->connection, nullptr);
                ++counters_.opened;
                break;
            case zeromq::AtTheDoor::stranger:
                ++counters_.strangers;
                break;
            case zeromq::AtTheDoor::closed:
                speakers_.erase(event->connection);
                ++counters_.closed;
                break;
        }
    }
}

void Connections::on_heard(const zeromq::Message& frame, const Peer& peer)
{
    const auto connection = frame.connection();
    if (peer.is_granted() && !peer.is_kept_out)
        speakers_[connection] = &peer;
    else
        end(connection);  // it came in before that, and was overlooked then
}

void Connections::on_rights_changed()
{
    for (const auto& [connection, peer] : speakers_)
        if (peer == nullptr || !peer->is_granted()) end(connection);
}

void Connections::end_those_of(const Peer& peer)
{
    for (const auto& [connection, speaker] : speakers_)
        if (speaker == &peer) end(connection);
}

void Connections::end(int connection)
{
    zeromq::end_connection(connection);
    ++counters_.ended;
}

}  // namespace gonghui::hub
