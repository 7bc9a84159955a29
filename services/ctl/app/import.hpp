#pragma once
// `gonghui import`: a roster into registration.

#include "services/ctl/app/session.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace gonghui::ctl {

struct ImportOptions {
    std::string file;
    bool dry_run = false;
    bool all_or_nothing = false;       // a dry run first; one bad row, and nothing is taken in
    std::string errors;                // file for the bad rows; empty: the first of them on the console
    std::string encoding = "auto";     // auto, utf-8 or gb18030
    std::vector<std::string> columns;  // "name=姓名", "phone=4"
    std::string actor;
    std::string import_id;              // empty: of the file's content
    std::int64_t timeout_seconds = 60;  // without any answer
    bool json = false;
};
int import_roster(const Session& session, const ImportOptions& options);

}  // namespace gonghui::ctl
