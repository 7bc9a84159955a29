#pragma once
// `gonghui call`: any command or query, as JSON.

#include "services/ctl/app/session.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace gonghui::ctl {

struct CallOptions {
    std::string type;
    std::string data = "{}";  // JSON, @file or - for standard input
    std::string actor;        // role[:person[:place]]
    std::string id;           // of the request; empty: a new one
    std::string key;          // instead of the one in the data
    std::optional<std::int64_t> partition;
    std::string after;  // source@epoch:seq
    std::int64_t timeout_seconds = 30;
    bool is_traced = false;  // this one is to be seen, whatever the plan says
    bool compact = false;    // one line
};
int call(const Session& session, const CallOptions& options);

}  // namespace gonghui::ctl
