#pragma once
// What every partition of the district says of itself.

#include "services/ctl/app/connection.hpp"
#include "services/ctl/domain/levels.hpp"

#include <vector>

namespace gonghui::ctl {

// In the order of the plan; who does not answer within a second is reported as silent.
std::vector<PartitionReport> ask_everybody(Connection& connection);

}  // namespace gonghui::ctl
