#pragma once
// `gonghui keys`: who may connect to the hub.

#include "services/ctl/app/session.hpp"
#include "services/ctl/domain/authorized.hpp"
#include "services/ctl/domain/district.hpp"

#include <string>
#include <vector>

namespace gonghui::ctl {

// Makes what is missing of the plan's keys and grants; never touches what is there. Returns the files it made.
// A service that is not of the house gets its first key from the operator alone, with the rights that it needs (`keys
// add`, `plug`).
std::vector<std::string> complete_keys(const Session& session, const DistrictPlan& plan);

// The services of the plan that have no key: plug-ins that nobody has given one yet.
std::vector<std::string> without_key(const DistrictPlan& plan);

struct KeysInitOptions {
    std::string district;  // a district's file; empty: the compiled-in one
};
int keys_init(const Session& session, const KeysInitOptions& options);

int keys_list(const Session& session);

// Tells of the services to be followed that nobody publishes for so far.
void warn_of_unpublished(const Session& session, const std::vector<std::string>& followed);

struct KeysAddOptions {
    std::string service;
    std::string instance;
    bool has_rights = false;  // none given: the least that the service needs
    Grant rights;
    std::int64_t rate = 0;  // as Grant::rate
};
int keys_add(const Session& session, const KeysAddOptions& options);

struct KeysRotateOptions {
    std::string instance;
};
// A second key with the same rights, which the instance uses from its next start; the first one stays valid until it is
// revoked. What was interrupted is gone on with.
int keys_rotate(const Session& session, const KeysRotateOptions& options);

struct KeysRevokeOptions {
    std::string key;  // public, or the name of an instance that has one
};
// Its file goes, too: a key that is still there would be granted again with the next `up`.
int keys_revoke(const Session& session, const KeysRevokeOptions& options);

}  // namespace gonghui::ctl
