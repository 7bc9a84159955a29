#pragma once
// `gonghui backup`, `restore`, `verify` and `forks`: copies of the stores, what puts one back, and what an operator is
// told when histories part.

#include "services/ctl/app/session.hpp"

#include <cstdint>
#include <string>

namespace gonghui::ctl {

struct BackupOptions {
    std::string service;  // empty: all
    std::int64_t keep = 14;
    std::int64_t timeout_seconds = 600;
};
int backup(const Session& session, const BackupOptions& options);

struct ForksOptions {
    std::string service;  // empty: all
};
int forks(const Session& session, const ForksOptions& options);

// --- without the bus: on the files themselves ---

struct VerifyOptions {
    std::string service;  // empty: all that have a store
    std::string file;     // this one instead, a backup perhaps
    bool json = false;
};
// 0: all are sound; 65: one is not.
int verify(const Session& session, const VerifyOptions& options);

struct RestoreOptions {
    std::string service;
    std::int64_t partition = 0;
    std::string from;  // a backup's file; empty: the newest
};
int restore(const Session& session, const RestoreOptions& options);

}  // namespace gonghui::ctl
