#pragma once
// Reads the stores of a district that has come to rest, and the clients' history, and says what breaks a promise. It
// reads tables and logs anew and asks no rule of a service.

#include "common/messaging/envelope.hpp"
#include "tests/simulation/crowd.hpp"
#include "tests/simulation/station.hpp"

#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace gonghui::simulation {

// What left a service on the bus: it must stand in its log for ever, but for what a restored store has lost.
class Published {
public:
    using Place = std::pair<std::int64_t, std::int64_t>;  // epoch and seq

    // What contradicts something that was published before is a problem.
    void note(std::string_view topic, BytesView event, World& world);
    // The fold of the event's bytes, by source and place.
    [[nodiscard]] const std::map<std::string, std::map<Place, std::uint64_t>>& events() const { return events_; }

private:
    std::map<std::string, std::map<Place, std::uint64_t>> events_;
};

// Every station's program must have ended.
void check(World& world, const Crowd& crowd, const Published& published,
           std::vector<std::unique_ptr<Station>>& stations);

}  // namespace gonghui::simulation
