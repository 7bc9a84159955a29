#pragma once
// `gonghui parked`: events that could not be applied, and what becomes of them.

#include "services/ctl/app/session.hpp"

#include <cstdint>
#include <string>

namespace gonghui::ctl {

struct ParkedListOptions {
    std::string service;  // empty: all
};
int parked_list(const Session& session, const ParkedListOptions& options);

// Which parked event: the service that parked it, and the event's own source and number.
struct ParkedOptions {
    std::string service;
    std::int64_t partition = 0;
    std::string source;
    std::int64_t seq = 0;
    std::string reason;  // of a drop; it is recorded
};
int parked_retry(const Session& session, const ParkedOptions& options);
int parked_drop(const Session& session, const ParkedOptions& options);

}  // namespace gonghui::ctl
