#include "services/ctl/app/keys.hpp"

#include "common/ids/random.hpp"
#include "common/sealing/sealing.hpp"
#include "common/zeromq/keys.hpp"
#include "services/ctl/app/district_config.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/domain/table.hpp"
#include "services/ctl/domain/texts.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace gonghui::ctl {

namespace {

using process::Exit;
using zeromq::KeyPair;

constexpr std::string_view authorized_head =
    "# Whose keys may connect to the hub, and what each may do. Made by `gonghui keys`; edit it by hand or with\n"
    "# `gonghui keys add` and `keys revoke`. The hub reads it again on a SIGHUP.\n";

// One district's keys, being completed.
class KeyFolder {
public:
    KeyFolder(const Session& session, std::string folder) : session_(session), folder_(std::move(folder))
    {
        make_folder(session_, folder_, Privacy::open);
        make_folder(session_, key_folder(folder_), Privacy::secret);
        if (std::filesystem::exists(authorized_file(folder_))) grants_ = read_file(session_, authorized_file(folder_));
    }

    // Makes the pair unless its file is there.
    KeyPair pair(const std::string& instance)
    {
        const auto file = identity_file(folder_, instance);
        if (std::filesystem::exists(file)) return KeyPair::load(file);
        auto made = KeyPair::generate();
        made.save(file);
        made_.push_back(file);
        return made;
    }

    void service_key(const std::string& service)
    {
        const auto file = service_key_file(folder_, service);
        if (std::filesystem::exists(file)) return;
        SystemRandom random;
        sealing::make_key_file(file, random);
        made_.push_back(file);
    }

    // Unless the key has a grant already, whatever that says.
    void grant(Grant rights, const std::string& instance)
    {
        rights.instance = instance;
        rights.public_key = pair(instance).public_key;
        const auto known = read_grants(grants_);
        const bool is_known = std::any_of(known.begin(), known.end(),
                                          [&](const Grant& other) { return other.public_key == rights.public_key; });
        if (is_known) return;
        grants_ = with_grant(grants_.empty() ? authorized_head : std::string_view(grants_), rights);
        is_changed_ = true;
    }

    std::vector<std::string> finish()
    {
        if (is_changed_) {
            write_file(session_, authorized_file(folder_), grants_, Privacy::secret);
            made_.push_back(authorized_file(folder_));
        }
        return made_;
    }

private:
    const Session& session_;
    std::string folder_;
    std::string grants_;
    bool is_changed_ = false;
    std::vector<std::string> made_;
};

std::string joined(const std::vector<std::string>& words)
{
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
    return out.empty() ? "-" : out;
}

}  // namespace

std::vector<std::string> complete_keys(const Session& session, const DistrictPlan& plan)
{
    KeyFolder keys(session, plan.folder);
    keys.pair("hub");
    for (const auto& service : plan.services) {
        keys.grant(least_rights(service.name), instance_of(service.name));
        keys.service_key(service.name);
    }
    keys.grant(operator_rights(), "ctl");
    for (const auto& peer : plan.peers) keys.grant(client_rights(peer), peer);
    return keys.finish();
}

int keys_init(const Session& session, const KeysInitOptions& options)
{
    auto plan = parse_district(read_district(session, options.district), session.language);
    plan.folder = session.folder;
    const auto made = complete_keys(session, plan);
    for (const auto& file : made) std::cout << session.say(text::key_made, {file}) << '\n';
    if (made.empty()) std::cout << session.say(text::keys_complete, {key_folder(plan.folder)}) << '\n';
    return 0;
}

int keys_list(const Session& session)
{
    Table table({{"PUBLIC"}, {"SERVICE"}, {"INSTANCE"}, {"PUBLISH"}, {"FOLLOW"}, {"CALL"}, {"ACTOR"}});
    for (const auto& grant : read_grants(read_file(session, authorized_file(session.folder))))
        table.row({grant.public_key, grant.service, grant.instance, joined(grant.publish), joined(grant.follow),
                   joined(grant.call), grant.assert_actor ? "yes" : "no"});
    std::cout << table.render();
    return 0;
}

int keys_add(const Session& session, const KeysAddOptions& options)
{
    const auto instance = options.instance.empty() ? instance_of(options.service) : options.instance;
    for (const auto& name : {options.service, instance})
        if (!is_name(name)) throw session.failure(Exit::usage, text::bad_name, {name});
    const auto file = identity_file(session.folder, instance);
    if (std::filesystem::exists(file)) throw session.failure(Exit::cannot_create, text::key_exists, {file});
    auto rights = options.has_rights ? options.rights : least_rights(options.service);
    rights.service = options.service;
    KeyFolder keys(session, session.folder);
    keys.grant(std::move(rights), instance);
    if (!options.has_rights) keys.service_key(options.service);
    for (const auto& made : keys.finish()) std::cout << session.say(text::key_made, {made}) << '\n';
    std::cout << session.say(text::key_added, {instance, pid_file(session.folder, "hub")}) << '\n';
    return 0;
}

int keys_revoke(const Session& session, const KeysRevokeOptions& options)
{
    const auto file = authorized_file(session.folder);
    const auto rest = without_key(read_file(session, file), options.public_key);
    if (!rest) throw session.failure(Exit::usage, text::no_such_key, {file, options.public_key});
    write_file(session, file, *rest, Privacy::secret);
    std::cout << session.say(text::key_revoked, {options.public_key, pid_file(session.folder, "hub")}) << '\n';
    return 0;
}

}  // namespace gonghui::ctl
