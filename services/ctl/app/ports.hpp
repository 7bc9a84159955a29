#pragma once
// Free ports for endpoints that ask for one.

#include "services/ctl/domain/district.hpp"

namespace gonghui::ctl {

enum class Ports : std::uint8_t { as_planned, all_free };

// "127.0.0.1:7322" -> the same host with a free port; "off" stays.
std::string with_free_port(const std::string& listen);

// Whether another program listens there: "tcp://127.0.0.1:7311" or "127.0.0.1:7320". Never for port 0 and "off".
bool is_taken(const std::string& endpoint);

// Puts a free port in place of every port 0 of the plan, or of every port.
void settle_ports(DistrictPlan& plan, Ports ports);

}  // namespace gonghui::ctl
