#pragma once
// The gateway's tables once more, in memory: what a request asks for costs neither a look into the store nor a second
// trip over the bus.
//
// `evolve` writes it beside the tables, on the writer's thread; the thread of HTTP reads it. It may be ahead of the
// disk by one commit: nobody can ask for a session before the answer that brings its token, and that leaves after the
// commit. What a store that was put back no longer knows stays here until the next start; it can only make the gateway
// pass something on that a service then refuses.

#include "services/gateway/domain/facts.hpp"

#include <map>
#include <mutex>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace gonghui::gateway {

enum class Held : std::uint8_t { seat, line };

// What pages that are open want to hear.
struct Changes {
    std::unordered_set<PersonId> inboxes;
    std::unordered_set<ClassId> classes;
};

// Thread-safe.
class Board {
public:
    // --- the writer's
    void put(AccountFacts account);
    void remove_account(const std::string& login);
    // `hash`: Argon2id of a worker's password, opened.
    void put_password(const PersonId& person, std::string hash);
    void remove_password(const PersonId& person);
    void put(const SessionFacts& session);
    void remove_session(const SessionId& id);
    void remove_expired(UtcTime now);
    void grant(const PersonId& person, HeldRole role);
    void revoke(const PersonId& person, ActingAs role, const OrganisationId& place);
    void put(const ClassFacts& one);
    void put_place(const PersonId& person, const ClassId& class_id, Held held);
    void remove_place(const PersonId& person, const ClassId& class_id);
    void inbox_changed(const PersonId& person);

    // --- the readers'
    [[nodiscard]] std::optional<AccountFacts> account(const std::string& login) const;
    // Of a worker; nullopt: they have none.
    [[nodiscard]] std::optional<std::string> password(const PersonId& person) const;
    [[nodiscard]] std::optional<SessionFacts> session(const TokenHash& token_hash) const;
    // The oldest first.
    [[nodiscard]] std::vector<SessionFacts> sessions_of(const PersonId& person) const;
    [[nodiscard]] std::vector<HeldRole> roles_of(const PersonId& person) const;
    [[nodiscard]] std::optional<ClassFacts> class_with(const ClassId& id) const;
    [[nodiscard]] std::vector<ClassFacts> classes_of(const CampaignId& campaign) const;
    // A seat, an offer or a place in line.
    [[nodiscard]] bool has_place(const PersonId& person, const ClassId& class_id) const;
    // The classes in whose line somebody stands.
    [[nodiscard]] std::vector<ClassId> waits_for(const PersonId& person) const;
    // What has changed since the last call.
    [[nodiscard]] Changes take_changes();
    [[nodiscard]] std::size_t session_count() const;

private:
    struct ByFirstBytes {
        std::size_t operator()(const TokenHash& hash) const noexcept
        {
            std::size_t first = 0;
            std::memcpy(&first, hash.data(), sizeof first);
            return first;
        }
    };

    struct Place {
        ClassId class_id;
        Held held = Held::seat;
    };

    mutable std::mutex mutex_;
    std::map<std::string, AccountFacts> accounts_;
    std::unordered_map<PersonId, std::string> passwords_;
    std::unordered_map<TokenHash, SessionFacts, ByFirstBytes> sessions_;
    std::unordered_map<SessionId, TokenHash> tokens_;
    std::unordered_map<PersonId, std::vector<SessionId>> by_person_;
    std::unordered_map<PersonId, std::vector<HeldRole>> roles_;
    std::unordered_map<ClassId, ClassFacts> classes_;
    std::unordered_map<CampaignId, std::vector<ClassId>> campaigns_;
    std::unordered_map<PersonId, std::vector<Place>> places_;
    Changes changes_;
};

}  // namespace gonghui::gateway
