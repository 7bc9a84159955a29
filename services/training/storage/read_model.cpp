// What training keeps of registration's events. Nothing of it is personal: the sealed fields are passed over.

#include "services/training/storage/evolve.hpp"

#include <stdexcept>

namespace gonghui::training {

namespace {

Role role_of(registration::Office office)
{
    if (const auto role = parse_role(to_string(office))) return *role;
    throw std::logic_error("no role is called " + std::string(to_string(office)));
}

}  // namespace

void evolve(TrainingStore& store, const registration::OrganisationFounded& event)
{
    store.places().add(event.organisation_id.uuid,
                       event.parent_id ? std::optional(event.parent_id->uuid) : std::nullopt);
    store.database().run("INSERT INTO organisations (organisation_id, new_employment) VALUES (?1, ?2)",
                         event.organisation_id, event.new_employment);
}

void evolve(TrainingStore& store, const registration::OrganisationMoved& event)
{
    store.places().move(event.organisation_id.uuid, event.parent_id.uuid);
}

void evolve(TrainingStore& store, const registration::RoleGranted& event)
{
    store.places().grant(event.person_id.uuid, role_of(event.role), event.place_id.uuid);
}

void evolve(TrainingStore& store, const registration::RoleRevoked& event)
{
    store.places().revoke(event.person_id.uuid, role_of(event.role), event.place_id.uuid);
}

// Who comes back after leaving is the same person.
void evolve(TrainingStore& store, const registration::MemberJoined& event)
{
    store.database().run(
        "INSERT INTO members (person_id, organisation_id, active, new_employment, birth_year)"
        " VALUES (?1, ?2, 1, ?3, ?4) ON CONFLICT (person_id) DO UPDATE SET organisation_id = excluded.organisation_id,"
        " active = 1, new_employment = excluded.new_employment, birth_year = excluded.birth_year",
        event.person_id, event.organisation_id, event.new_employment, event.birth_year);
}

// Whether someone counts as new-employment is what their union says.
void evolve(TrainingStore& store, const registration::MemberTransferred& event)
{
    store.database().run(
        "UPDATE members SET organisation_id = ?2, new_employment ="
        " (SELECT new_employment FROM organisations WHERE organisation_id = ?2) WHERE person_id = ?1",
        event.person_id, event.to_organisation_id);
}

void evolve(TrainingStore& store, const registration::MemberLeft& event)
{
    store.database().run("UPDATE members SET active = 0 WHERE person_id = ?1", event.person_id);
}

void evolve(TrainingStore& store, const registration::PersonErased& event)
{
    store.database().run("DELETE FROM members WHERE person_id = ?", event.person_id);
}

}  // namespace gonghui::training
