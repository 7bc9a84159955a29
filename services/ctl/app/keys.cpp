#include "services/ctl/app/keys.hpp"

#include "common/ids/random.hpp"
#include "common/runtime/file_lock.hpp"
#include "common/sealing/sealing.hpp"
#include "common/text/nearest.hpp"
#include "common/zeromq/keys.hpp"
#include "services/ctl/app/district_config.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/app/grants_in_force.hpp"
#include "services/ctl/domain/table.hpp"
#include "services/ctl/domain/texts.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>

namespace gonghui::ctl {

namespace {

using process::Exit;
using zeromq::KeyPair;

constexpr std::string_view authorized_head =
    "# Whose keys may connect to the hub, and what each may do. Made by `gonghui keys`; edit it by hand or with\n"
    "# `gonghui keys add`, `rotate` and `revoke`. The hub reads it again on a SIGHUP.\n";

// Null: the key has no grant.
const Grant* grant_with(const std::vector<Grant>& grants, std::string_view public_key)
{
    const auto found =
        std::find_if(grants.begin(), grants.end(), [&](const Grant& one) { return one.public_key == public_key; });
    return found == grants.end() ? nullptr : &*found;
}

constexpr std::chrono::seconds lock_patience{10};

// One change of a district's keys at a time.
runtime::FileLock locked_keys(const Session& session, const std::string& folder)
{
    make_folder(session, key_folder(folder), Privacy::secret);
    auto lock = runtime::FileLock::take_within(key_folder(folder) + "/.lock", lock_patience);
    if (!lock) throw session.failure(Exit::unavailable, text::keys_in_use, {key_folder(folder)});
    return std::move(*lock);
}

// One district's keys, being completed.
class KeyFolder {
public:
    KeyFolder(const Session& session, std::string folder) : session_(session), folder_(std::move(folder))
    {
        make_folder(session_, folder_, Privacy::open);
        make_folder(session_, key_folder(folder_), Privacy::secret);
        if (std::filesystem::exists(authorized_file(folder_))) grants_ = read_file(session_, authorized_file(folder_));
    }

    // Of somebody else's service nobody here knows what it needs: its first instance has what the operator gave it, its
    // further ones the same. nullopt: nothing yet.
    std::optional<Grant> rights_of(const std::string& service)
    {
        if (is_of_the_house(service)) return least_rights(service);
        const auto file = identity_file(folder_, instance_of(service));
        if (!std::filesystem::exists(file)) return std::nullopt;
        const auto grants = read_grants(grants_);
        const auto* given = grant_with(grants, KeyPair::load(file).public_key);
        return given == nullptr ? std::nullopt : std::optional(*given);
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
        if (grant_with(read_grants(grants_), rights.public_key)) return;
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

// Whether this is the key that its instance uses from its next start.
bool holds(const std::string& file, const std::string& public_key)
{
    return std::filesystem::exists(file) && KeyPair::load(file).public_key == public_key;
}

void require_instance(const Session& session, const std::vector<Grant>& grants, const std::string& instance)
{
    std::vector<std::string_view> known;
    known.reserve(grants.size());
    for (const auto& grant : grants) known.emplace_back(grant.instance);
    if (std::find(known.begin(), known.end(), instance) != known.end()) return;
    const auto file = authorized_file(session.folder);
    if (const auto meant = nearest(instance, known))
        throw session.failure(Exit::usage, text::no_such_instance_meant, {file, instance, *meant});
    throw session.failure(Exit::usage, text::no_such_instance, {file, instance});
}

// Two keys overlap, never three: else nobody knows which one is still in use.
void require_one_key(const Session& session, const std::vector<Grant>& grants, const std::string& instance,
                     const KeyPair& current)
{
    for (const auto& grant : grants)
        if (grant.instance == instance && grant.public_key != current.public_key)
            throw session.failure(Exit::usage, text::rotation_open, {instance, grant.public_key});
}

const Grant& grant_of(const Session& session, const std::vector<Grant>& grants, const std::string& instance,
                      const KeyPair& pair)
{
    if (const auto* found = grant_with(grants, pair.public_key)) return *found;
    throw session.failure(Exit::usage, text::key_not_granted, {identity_file(session.folder, instance)});
}

// Only who is of the house speaks for it.
void require_publishable(const Session& session, const KeysAddOptions& options)
{
    for (const auto& service : options.rights.publish)
        if (service != options.service && is_of_the_house(service))
            throw session.failure(Exit::usage, text::publishes_for_the_house, {options.service, service});
}

// The key itself, or the one of an instance of that name.
std::string public_key_of(const Session& session, const std::vector<Grant>& grants, const std::string& key)
{
    std::vector<std::string> found;
    for (const auto& grant : grants) {
        if (grant.public_key == key) return key;
        if (grant.instance == key) found.push_back(grant.public_key);
    }
    if (found.size() > 1) throw session.failure(Exit::usage, text::rotation_open, {key, found.front()});
    return found.empty() ? key : found.front();
}

// Unless it has rights already.
void give_rights(const Session& session, const std::vector<Grant>& grants, Grant rights, const KeyPair& pair)
{
    if (grant_with(grants, pair.public_key)) return;
    rights.public_key = pair.public_key;
    const auto file = authorized_file(session.folder);
    write_file(session, file, with_grant(read_file(session, file), rights), Privacy::secret);
}

}  // namespace

std::vector<std::string> complete_keys(const Session& session, const DistrictPlan& plan)
{
    make_folder(session, plan.folder, Privacy::open);
    const auto lock = locked_keys(session, plan.folder);
    KeyFolder keys(session, plan.folder);
    keys.pair("hub");
    for (const auto& service : plan.services) {
        const auto rights = keys.rights_of(service.name);
        if (!rights) continue;
        for (std::int64_t number = 0; number < service.instances; ++number)
            keys.grant(*rights, instance_of(service.name, number));
        keys.service_key(service.name);
    }
    keys.grant(operator_rights(), "ctl");
    for (const auto& peer : plan.peers) keys.grant(client_rights(peer), peer);
    return keys.finish();
}

std::vector<std::string> without_key(const DistrictPlan& plan)
{
    std::vector<std::string> names;
    for (const auto& service : plan.services)
        if (!std::filesystem::exists(identity_file(plan.folder, instance_of(service.name))))
            names.push_back(service.name);
    return names;
}

int keys_init(const Session& session, const KeysInitOptions& options)
{
    auto plan = parse_district(read_district(session, options.district), session.language);
    plan.folder = session.folder;
    const auto made = complete_keys(session, plan);
    for (const auto& service : without_key(plan))
        std::cout << session.say(text::plug_in_without_key, {service, instance_of(service)}) << '\n';
    for (const auto& file : made) std::cout << session.say(text::key_made, {file}) << '\n';
    if (made.empty())
        std::cout << session.say(text::keys_complete, {key_folder(plan.folder)}) << '\n';
    else
        put_grants_in_force(session);
    return 0;
}

int keys_list(const Session& session)
{
    Table table(
        {{"PUBLIC"}, {"FILE"}, {"SERVICE"}, {"INSTANCE"}, {"PUBLISH"}, {"FOLLOW"}, {"CALL"}, {"ACTOR"}, {"RATE"}});
    for (const auto& grant : read_grants(read_file(session, authorized_file(session.folder)))) {
        const auto file = identity_file(session.folder, grant.instance);
        table.row({grant.public_key, holds(file, grant.public_key) ? grant.instance + ".key" : "-", grant.service,
                   grant.instance, joined(grant.publish), joined(grant.follow), joined(grant.call),
                   grant.assert_actor ? "yes" : "no", grant.rate > 0 ? std::to_string(grant.rate) : "-"});
    }
    std::cout << table.render();
    return 0;
}

void warn_of_unpublished(const Session& session, const std::vector<std::string>& followed)
{
    std::vector<std::string> published;
    for (const auto& grant : read_grants(read_file(session, authorized_file(session.folder))))
        published.insert(published.end(), grant.publish.begin(), grant.publish.end());
    const std::vector<std::string_view> known(published.begin(), published.end());
    for (const auto& service : followed) {
        if (service == "*" || std::find(known.begin(), known.end(), service) != known.end()) continue;
        const auto meant = nearest(service, known);
        std::cerr << (meant ? session.say(text::unpublished_meant, {service, *meant})
                            : session.say(text::unpublished, {service}))
                  << '\n';
    }
}

int keys_add(const Session& session, const KeysAddOptions& options)
{
    const auto instance = options.instance.empty() ? instance_of(options.service) : options.instance;
    for (const auto& name : {options.service, instance})
        if (!is_free_name(name))
            throw session.failure(Exit::usage, text::bad_service_name, {name, session.say(text::free_name)});
    if (!std::filesystem::exists(authorized_file(session.folder)))
        throw session.failure(Exit::unavailable, text::no_district, {session.folder});
    const auto file = identity_file(session.folder, instance);
    if (std::filesystem::exists(file)) throw session.failure(Exit::cannot_create, text::key_exists, {file, instance});
    require_publishable(session, options);
    auto rights = options.has_rights ? options.rights : least_rights(options.service);
    rights.service = options.service;
    rights.rate = options.rate;
    const bool is_service = !rights.publish.empty();
    const auto lock = locked_keys(session, session.folder);
    KeyFolder keys(session, session.folder);
    keys.grant(std::move(rights), instance);
    if (is_service) keys.service_key(options.service);
    for (const auto& made : keys.finish()) std::cout << session.say(text::key_made, {made}) << '\n';
    std::cout << session.say(text::key_added, {instance}) << '\n';
    warn_of_unpublished(session, options.rights.follow);
    put_grants_in_force(session);
    return 0;
}

int keys_rotate(const Session& session, const KeysRotateOptions& options)
{
    const auto& instance = options.instance;
    const auto lock = locked_keys(session, session.folder);
    const auto grants = read_grants(read_file(session, authorized_file(session.folder)));
    require_instance(session, grants, instance);
    const auto file = identity_file(session.folder, instance);
    const auto old = KeyPair::load(file);
    const auto& rights = grant_of(session, grants, instance, old);
    const auto coming = file + ".new";
    if (!std::filesystem::exists(coming)) {
        require_one_key(session, grants, instance, old);
        KeyPair::generate().save(coming);
    }
    // It is granted before it takes the old one's place: whatever starts meanwhile is let in with either.
    give_rights(session, grants, rights, KeyPair::load(coming));
    put_grants_in_force(session);
    std::filesystem::rename(coming, file);
    std::cout << session.say(text::key_made, {file}) << '\n'
              << session.say(text::key_rotated, {instance, old.public_key}) << '\n';
    return 0;
}

int keys_revoke(const Session& session, const KeysRevokeOptions& options)
{
    const auto file = authorized_file(session.folder);
    const auto lock = locked_keys(session, session.folder);
    const auto text = read_file(session, file);
    const auto public_key = public_key_of(session, read_grants(text), options.key);
    const auto rest = without_key(text, public_key);
    if (!rest) throw session.failure(Exit::usage, text::no_such_key, {file, options.key});
    write_file(session, file, *rest, Privacy::secret);
    std::cout << session.say(text::key_revoked, {public_key}) << '\n';
    for (const auto& grant : read_grants(text)) {
        const auto identity = identity_file(session.folder, grant.instance);
        if (grant.public_key != public_key || !holds(identity, grant.public_key)) continue;
        std::filesystem::remove(identity);
        std::cout << session.say(text::key_removed, {identity}) << '\n';
    }
    put_grants_in_force(session);
    return 0;
}

}  // namespace gonghui::ctl
