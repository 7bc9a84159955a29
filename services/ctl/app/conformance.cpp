#include "services/ctl/app/conformance.hpp"

#include "services/ctl/app/child.hpp"
#include "services/ctl/app/programs.hpp"

namespace gonghui::ctl {

int conformance(const Session& session, const ConformanceOptions& options)
{
    ChildSettings settings;
    settings.program = "/usr/bin/python3";  // the one that Debian's python3-zmq is for
    settings.arguments = {sdk_folder(session) + "/conformance/conformance.py", options.service, "--gonghui",
                          session.executable};
    const auto add = [&](const std::string& name, const std::string& value) {
        if (!value.empty()) settings.arguments.insert(settings.arguments.end(), {name, value});
    };
    add("--program", options.program);
    add("--keep", options.keep);
    for (const auto& check : options.only) add("--only", check);
    if (options.is_json) settings.arguments.emplace_back("--json");
    settings.language = session.language;
    return Child(settings).wait().code;
}

}  // namespace gonghui::ctl
