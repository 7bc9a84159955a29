#pragma once
// `gonghui scale`: how many processes share the partitions of a service.

#include "services/ctl/app/session.hpp"

#include <cstdint>
#include <string>

namespace gonghui::ctl {

struct ScaleOptions {
    std::string service;
    std::int64_t instances = 1;
    std::int64_t timeout_seconds = 60;
};

// Has the `up` of this district run so many, waits until each holds its share, and says who holds what. Throws Failure
// when more are asked for than there are partitions, when no `up` runs, or when it takes longer than the timeout.
int scale(const Session& session, const ScaleOptions& options);

}  // namespace gonghui::ctl
