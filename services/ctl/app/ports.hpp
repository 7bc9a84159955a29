#pragma once
// Free ports for endpoints that ask for one.

#include "services/ctl/domain/district.hpp"

#include <string>
#include <vector>

namespace gonghui::ctl {

// Gives ports on loopback, never one twice, and keeps each for the program that it was given for: until this dies the
// system gives it to nobody else, neither to who asks for a port nor to a connection that goes out. It is bound and not
// listened on, with SO_REUSEADDR, so that whoever sets that too can listen there, and again after a crash.
class FreePorts {
public:
    FreePorts() = default;
    FreePorts(const FreePorts&) = delete;
    FreePorts& operator=(const FreePorts&) = delete;
    ~FreePorts();

    // "tcp://127.0.0.1:7311" or "127.0.0.1:7322" -> the same host with a free port; "off" stays. Throws
    // process::Failure when none can be had.
    [[nodiscard]] std::string in_place_of(const std::string& endpoint);

private:
    std::vector<int> held_;
};

enum class Ports : std::uint8_t { as_planned, all_free };

// Whether another program listens there: "tcp://127.0.0.1:7311" or "127.0.0.1:7320". Never for port 0 and "off".
bool is_taken(const std::string& endpoint);

// Puts a free port in place of every port 0 of the plan, or of every port.
void settle_ports(DistrictPlan& plan, Ports ports, FreePorts& free);

}  // namespace gonghui::ctl
