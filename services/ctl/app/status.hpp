#pragma once
// `gonghui status`: who runs, who holds what, and how far behind everybody is.

#include "services/ctl/app/session.hpp"

namespace gonghui::ctl {

struct StatusOptions {
    bool json = false;
    bool watch = false;  // again every second until Ctrl-C
};
int status(const Session& session, const StatusOptions& options);

}  // namespace gonghui::ctl
