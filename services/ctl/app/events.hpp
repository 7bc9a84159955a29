#pragma once
// `gonghui tail` and `gonghui log`: what happens, and what has happened.

#include "services/ctl/app/session.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace gonghui::ctl {

struct TailOptions {
    std::string service;  // empty: all
    std::string type;     // "seat_taken" or "seat_*"
    std::string subject;
    std::optional<std::int64_t> count;  // end after so many; absent: never
    bool json = false;
};
int tail(const Session& session, const TailOptions& options);

struct LogOptions {
    std::string service;
    std::optional<std::int64_t> partition;  // absent: all, one after the other
    std::int64_t from = 1;
    std::optional<std::int64_t> to;
    std::string type;
    std::string subject;
    std::string since;                  // a time, or "2h" before now
    std::optional<std::int64_t> limit;  // absent: all
    bool json = false;
};
int log(const Session& session, const LogOptions& options);

}  // namespace gonghui::ctl
