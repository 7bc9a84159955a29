#pragma once
// `gonghui keys`: who may connect to the hub.

#include "services/ctl/app/session.hpp"
#include "services/ctl/domain/authorized.hpp"
#include "services/ctl/domain/district.hpp"

#include <string>
#include <vector>

namespace gonghui::ctl {

// Makes what is missing of the plan's keys and grants; never touches what is there. Returns the files it made.
std::vector<std::string> complete_keys(const Session& session, const DistrictPlan& plan);

struct KeysInitOptions {
    std::string district;  // a district's file; empty: the compiled-in one
};
int keys_init(const Session& session, const KeysInitOptions& options);

int keys_list(const Session& session);

struct KeysAddOptions {
    std::string service;
    std::string instance;
    bool has_rights = false;  // none given: the least that the service needs
    Grant rights;
};
int keys_add(const Session& session, const KeysAddOptions& options);

struct KeysRevokeOptions {
    std::string public_key;
};
int keys_revoke(const Session& session, const KeysRevokeOptions& options);

}  // namespace gonghui::ctl
