#pragma once
// `gonghui up`: a whole district from one file.

#include "services/ctl/app/session.hpp"

#include <string>

namespace gonghui::ctl {

enum class UpErrand : std::uint8_t { run, check_config, print_config, write_config };

struct UpOptions {
    std::string config;       // the district's file; empty: the compiled-in one
    bool has_folder = false;  // the session's folder was asked for and wins over the file's
    bool free_ports = false;  // take free ports, whatever the file says
    UpErrand errand = UpErrand::run;
    std::string once_ready;  // a shell command to run when everything is ready
    bool once = false;       // stop when that command has ended, or at once when there is none
};
int up(const Session& session, const UpOptions& options);

}  // namespace gonghui::ctl
