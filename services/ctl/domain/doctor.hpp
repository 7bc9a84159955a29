#pragma once
// What is wrong with a district, and what to do about it: rules over what was seen. The looking is app/doctor.cpp's.

#include "common/text/language.hpp"
#include "common/time/clock.hpp"
#include "services/ctl/domain/levels.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gonghui::ctl {

// A key file whose public key has no grant.
struct UngrantedKey {
    std::string file;
    std::string instance;
};

// A program that runs in another version than is installed.
struct Outdated {
    std::string service;
    std::string running;
    std::string installed;
};

struct Damage {
    std::string store;
    std::string what;
};

// A key that went on although it had brought more than its rate.
struct KeptOut {
    std::string instance;
    std::int64_t rate = 0;
    std::int64_t times = 0;
};

struct Symptoms {
    UtcTime now;
    std::uint64_t least_free_bytes = 0;
    std::uint64_t free_bytes = 0;            // on the disk of the stores
    std::vector<std::string> readable_keys;  // files that others than their owner may read
    std::vector<UngrantedKey> ungranted_keys;
    std::vector<std::string> stale_pid_files;
    std::vector<std::string> taken_ports;  // that the hub needs, which does not answer
    std::vector<Damage> damages;
    std::optional<std::string> hub_problem;  // why nothing below could be asked
    std::int64_t hub_wire = 0;
    std::int64_t own_wire = 0;
    std::vector<PartitionReport> partitions;
    std::vector<Lag> stuck;  // behind, and not a step further since the look before
    std::vector<Outdated> outdated;
    std::vector<KeptOut> kept_out;
    std::vector<std::string> silent_edges;  // host:port where the gateway answers no browser
    std::vector<std::string> edges_without_pages;
};

struct Finding {
    Text what;
    std::array<std::string, 3> values;  // {0}, {1}, {2} of both texts
    Text remedy;
};

// The worst first. Empty: nothing is wrong.
std::vector<Finding> diagnose(const Symptoms& seen);

}  // namespace gonghui::ctl
