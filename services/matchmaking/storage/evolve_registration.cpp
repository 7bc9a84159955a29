// What matchmaking keeps of registration: the tree with its roles, and who is a member.

#include "services/matchmaking/storage/evolve.hpp"

#include <stdexcept>

namespace gonghui::matchmaking {

namespace {

Role role_of(registration::Office role)
{
    switch (role) {
        case registration::Office::officer:
            return Role::officer;
        case registration::Office::township:
            return Role::township;
        case registration::Office::district:
            return Role::district;
        case registration::Office::city:
            return Role::city;
    }
    throw std::logic_error("a role outside its enum");
}

}  // namespace

void evolve(MatchmakingStore& store, const registration::OrganisationFounded& event)
{
    std::optional<Uuid> parent;
    if (event.parent_id) parent = event.parent_id->uuid;
    store.places().add(event.organisation_id.uuid, parent);
}

void evolve(MatchmakingStore& store, const registration::OrganisationMoved& event)
{
    store.places().move(event.organisation_id.uuid, event.parent_id.uuid);
}

void evolve(MatchmakingStore& store, const registration::RoleGranted& event)
{
    store.places().grant(event.person_id.uuid, role_of(event.role), event.place_id.uuid);
}

void evolve(MatchmakingStore& store, const registration::RoleRevoked& event)
{
    store.places().revoke(event.person_id.uuid, role_of(event.role), event.place_id.uuid);
}

void evolve(MatchmakingStore& store, const registration::MemberJoined& event)
{
    const auto side = event.sex == registration::Sex::male ? Side::male : Side::female;
    store.database().run(
        "INSERT OR REPLACE INTO members (person_id, is_active, is_retained, side, birth_year) VALUES (?, 1, 0, ?, ?)",
        event.person_id, to_string(side), event.birth_year);
}

void evolve(MatchmakingStore& store, const registration::MemberTransferred& event)
{
    store.database().run("UPDATE members SET is_retained = 0 WHERE person_id = ?", event.person_id);
}

void evolve(MatchmakingStore& store, const registration::MemberRetained& event)
{
    store.database().run("UPDATE members SET is_retained = 1 WHERE person_id = ?", event.person_id);
}

void evolve(MatchmakingStore& store, const registration::MemberRestored& event)
{
    store.database().run("UPDATE members SET is_retained = 0 WHERE person_id = ?", event.person_id);
}

void evolve(MatchmakingStore& store, const registration::MemberLeft& event)
{
    store.database().run("UPDATE members SET is_active = 0 WHERE person_id = ?", event.person_id);
}

void evolve(MatchmakingStore& store, const registration::PersonErased& event)
{
    store.database().run("DELETE FROM members WHERE person_id = ?", event.person_id);
}

}  // namespace gonghui::matchmaking
