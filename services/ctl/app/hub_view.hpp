#pragma once
// What only the hub knows: who holds what, and what it has passed on and turned away.

#include "services/ctl/app/connection.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gonghui::ctl {

struct HubView {
    struct KeptOut {
        std::string instance;
        std::int64_t rate = 0, times = 0;
    };
    std::int64_t forwarded = 0, overloaded = 0, unavailable = 0, refused = 0;
    std::int64_t events = 0, dropped = 0;
    std::int64_t wire = 0;                       // the newest version of the protocol that it speaks
    std::map<std::string, std::string> holders;  // source -> instance; without those that nobody holds
    std::vector<KeptOut> kept_out;               // now or before, since the hub began
};

// nullopt: it has not answered in time.
std::optional<HubView> ask_hub(Connection& connection, milliseconds patience);

// The services of the plan, and those that somebody has started beside it by hand.
std::vector<ProgramPlan> services_at(Connection& connection);

}  // namespace gonghui::ctl
