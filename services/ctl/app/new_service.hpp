#pragma once
// `gonghui new service`: a folder with a plug-in that runs, from the templates of the SDKs.

#include "services/ctl/app/session.hpp"

#include <string>

namespace gonghui::ctl {

struct NewServiceOptions {
    std::string name;
    std::string programming_language = "python";  // or "node", "cpp"
    std::string folder;                           // empty: one of the service's name, here
};

// Writes a service, its schemas, its rights and a test. Throws Failure when the name is not free, when something is in
// the folder's place, and when this program has no SDK beside it.
int new_service(const Session& session, const NewServiceOptions& options);

}  // namespace gonghui::ctl
