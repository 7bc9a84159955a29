#pragma once
// `gonghui export`: the copy of everything that is held about a person, to which they have a right.

#include "services/ctl/app/session.hpp"

#include <cstdint>
#include <string>

namespace gonghui::ctl {

struct ExportOptions {
    std::string person;
    std::string reason;
    std::string output;  // empty: <person>.json
    std::int64_t timeout_seconds = 30;
};
// 0: the file is written, or nothing is held. Otherwise no file is written: a copy is whole or there is none.
int export_person(const Session& session, const ExportOptions& options);

}  // namespace gonghui::ctl
