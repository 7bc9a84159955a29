#pragma once
// `gonghui conformance`: what a service does not do as the protocol says.

#include "services/ctl/app/session.hpp"

#include <string>
#include <vector>

namespace gonghui::ctl {

struct ConformanceOptions {
    std::string service;            // a folder with a conformance.toml, or such a file
    std::string program;            // empty: the one that it names
    std::vector<std::string> only;  // checks; empty: all
    std::string keep;               // where its district is made and stays; empty: it is removed again
    bool is_json = false;
};

// Starts the tool that lies among the SDKs; its exit code. Throws Failure when they are not beside this program.
int conformance(const Session& session, const ConformanceOptions& options);

}  // namespace gonghui::ctl
