#pragma once
// Free ports for endpoints that ask for one.

#include "services/ctl/domain/district.hpp"

namespace gonghui::ctl {

enum class Ports : std::uint8_t { as_planned, all_free };

// Puts a free port in place of every port 0 of the plan, or of every port.
void settle_ports(DistrictPlan& plan, Ports ports);

}  // namespace gonghui::ctl
