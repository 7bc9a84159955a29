#include "services/registration/storage/evolve.hpp"

#include "common/messaging/timers.hpp"
#include "services/registration/domain/announce.hpp"
#include "services/registration/domain/roles.hpp"

namespace gonghui::registration {

namespace {

template <class Enum>
std::optional<std::string> text_of(const std::optional<Enum>& value)
{
    return value ? std::optional(std::string(to_string(*value))) : std::nullopt;
}

std::optional<std::int64_t> index_of(const RegistrationStore& store, const Sealed& id_number)
{
    const auto index = store.identities().of(id_number);
    return index ? std::optional(index->value) : std::nullopt;
}

std::optional<std::int64_t> phone_index_of(const RegistrationStore& store, const Sealed& phone)
{
    const auto index = store.identities().of_phone(phone);
    return index ? std::optional(index->value) : std::nullopt;
}

void set_membership(RegistrationStore& store, const PersonId& person, MembershipState state,
                    const std::optional<OrganisationId>& organisation, UtcTime since)
{
    store.database().run(
        "UPDATE persons SET state = ?, organisation = (SELECT number FROM organisations WHERE organisation_id = ?), "
        "since = ? WHERE person_id = ?",
        to_string(state), organisation, since, person);
}

}  // namespace

void evolve(RegistrationStore& store, const OrganisationFounded& event)
{
    store.database().run(
        "INSERT INTO organisations (organisation_id, parent_id, kind, form, code, name, new_employment) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        event.organisation_id, event.parent_id, to_string(event.kind), text_of(event.form), event.code, event.name,
        event.new_employment);
    store.places().add(event.organisation_id.uuid,
                       event.parent_id ? std::optional(event.parent_id->uuid) : std::nullopt);
}

void evolve(RegistrationStore& store, const OrganisationMoved& event)
{
    store.database().run("UPDATE organisations SET parent_id = ? WHERE organisation_id = ?", event.parent_id,
                         event.organisation_id);
    store.places().move(event.organisation_id.uuid, event.parent_id.uuid);
}

void evolve(RegistrationStore& store, const OrganisationClosed& event)
{
    store.database().run("UPDATE organisations SET closed = 1 WHERE organisation_id = ?", event.organisation_id);
}

void evolve(RegistrationStore& store, const RoleGranted& event)
{
    store.database().run("INSERT INTO roles (person_id, role, place_id) VALUES (?, ?, ?)", event.person_id,
                         to_string(event.role), event.place_id);
    store.places().grant(event.person_id.uuid, role_of(event.role), event.place_id.uuid);
}

void evolve(RegistrationStore& store, const RoleRevoked& event)
{
    store.database().run("DELETE FROM roles WHERE person_id = ? AND role = ? AND place_id = ?", event.person_id,
                         to_string(event.role), event.place_id);
    store.places().revoke(event.person_id.uuid, role_of(event.role), event.place_id.uuid);
}

// The number is known from now on, so that the same person is found when they apply again or stand in a roster.
void evolve(RegistrationStore& store, const ApplicationSubmitted& event)
{
    store.database().run(
        "INSERT INTO persons (person_id, id_index, state, since, sex, birth_year, language, name, id_number, phone, "
        "email, phone_index) VALUES (?, ?, 'stranger', ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person_id) DO NOTHING",
        event.person_id, index_of(store, event.id_number), event.at, to_string(event.sex), event.birth_year,
        to_string(event.language), event.name, event.id_number, event.phone, event.email,
        phone_index_of(store, event.phone));
    store.database().run(
        "INSERT INTO applications (application_id, person_id, organisation_id, state, submitted_at, sex, birth_year, "
        "language, name, id_number, phone, email) VALUES (?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?)",
        event.application_id, event.person_id, event.organisation_id, event.at, to_string(event.sex), event.birth_year,
        to_string(event.language), event.name, event.id_number, event.phone, event.email);
}

void evolve(RegistrationStore& store, const ApplicationRefused& event)
{
    store.database().run("UPDATE applications SET state = 'refused' WHERE application_id = ?", event.application_id);
}

// Nearly everyone who joins was unknown: they are added by the one statement, and nothing else can be in their way.
void evolve(RegistrationStore& store, const MemberJoined& event)
{
    auto& database = store.database();
    const auto id_index = index_of(store, event.id_number);
    const auto phone_index = phone_index_of(store, event.phone);
    database.run(
        "INSERT INTO persons (person_id, id_index, state, organisation, since, sex, birth_year, language, "
        "verification, import_id, import_line, name, id_number, phone, email, phone_index) VALUES "
        "(?, ?, 'member', (SELECT number FROM organisations WHERE organisation_id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?) ON CONFLICT (person_id) DO NOTHING",
        event.person_id, id_index, event.organisation_id, event.at, to_string(event.sex), event.birth_year,
        to_string(event.language), to_string(event.verification), event.import_id, event.line, event.name,
        event.id_number, event.phone, event.email, phone_index);
    if (database.changes() > 0) return;
    database.run(
        "UPDATE persons SET id_index = ?, state = 'member', "
        "organisation = (SELECT number FROM organisations WHERE organisation_id = ?), since = ?, sex = ?, "
        "birth_year = ?, language = ?, verification = ?, import_id = ?, import_line = ?, name = ?, id_number = ?, "
        "phone = ?, email = ?, phone_index = ? "
        "WHERE person_id = ?",
        id_index, event.organisation_id, event.at, to_string(event.sex), event.birth_year, to_string(event.language),
        to_string(event.verification), event.import_id, event.line, event.name, event.id_number, event.phone,
        event.email, phone_index, event.person_id);
    // Whether an officer approved it or a roster came first: the person waits no longer.
    database.run("UPDATE applications SET state = 'approved' WHERE person_id = ? AND state = 'waiting'",
                 event.person_id);
}

void evolve(RegistrationStore& store, const MemberTransferred& event)
{
    const auto state = event.stays_retained.value_or(false) ? MembershipState::retained : MembershipState::member;
    set_membership(store, event.person_id, state, event.to_organisation_id, event.at);
}

void evolve(RegistrationStore& store, const MemberRetained& event)
{
    store.database().run("UPDATE persons SET state = 'retained', since = ? WHERE person_id = ?", event.at,
                         event.person_id);
}

void evolve(RegistrationStore& store, const MemberRestored& event)
{
    set_membership(store, event.person_id, MembershipState::member, event.organisation_id, event.at);
}

void evolve(RegistrationStore& store, const MemberLeft& event)
{
    const auto state = event.reason == LeaveReason::expelled ? MembershipState::expelled : MembershipState::left;
    set_membership(store, event.person_id, state, std::nullopt, event.at);
}

void evolve(RegistrationStore& store, const ContactChanged& event)
{
    store.database().run(
        "UPDATE persons SET phone = COALESCE(?, phone), email = COALESCE(?, email), language = COALESCE(?, language), "
        "phone_index = COALESCE(?, phone_index) WHERE person_id = ?",
        event.phone, event.email, text_of(event.language),
        event.phone ? phone_index_of(store, *event.phone) : std::nullopt, event.person_id);
}

void evolve(RegistrationStore& store, const ConsentGiven& event)
{
    store.database().run("INSERT INTO consents (person_id, purpose, since) VALUES (?, ?, ?)", event.person_id,
                         to_string(event.purpose), event.at);
}

void evolve(RegistrationStore& store, const ConsentWithdrawn& event)
{
    store.database().run("DELETE FROM consents WHERE person_id = ? AND purpose = ?", event.person_id,
                         to_string(event.purpose));
}

// The looks stay: they hold who looked and why, and nothing of what was seen.
void evolve(RegistrationStore& store, const PersonErased& event)
{
    for (const auto* statement :
         {"DELETE FROM persons WHERE person_id = ?", "DELETE FROM applications WHERE person_id = ?",
          "DELETE FROM consents WHERE person_id = ?"})
        store.database().run(statement, event.person_id);
    store.database().run("INSERT INTO erased (person_id) VALUES (?)", event.person_id);
    store.identities().erase(event.person_id);
}

void evolve(RegistrationStore& store, const PersonUnmasked& event)
{
    store.database().run(
        "INSERT INTO looks (look_id, person_id, by_person, by_service, purpose, at, until) VALUES (?, ?, ?, ?, ?, ?, "
        "?)",
        event.look_id, event.person_id, event.by, event.by_service, event.purpose, event.at, event.until);
}

void evolve(RegistrationStore& store, const Announced& event)
{
    store.database().run(
        "INSERT INTO announcements (announcement_id, organisation_id, title_zh, title_en, text_zh, text_en, members, "
        "at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        event.announcement_id, event.organisation_id, event.title_zh, event.title_en, event.text_zh, event.text_en,
        event.members, event.at);
    messaging::Timers(store.database()).set(announcing, event.announcement_id.uuid, event.at);
}

void evolve(RegistrationStore& store, const AnnouncementAddressed& event)
{
    store.database().run("UPDATE announcements SET addressed = addressed + ?2, done = ?3 WHERE announcement_id = ?1",
                         event.announcement_id, static_cast<std::int64_t>(event.person_ids.size()), event.last);
    if (!event.person_ids.empty())
        store.database().run(
            "UPDATE announcements SET (union_number, person_number) = "
            "(SELECT organisation, number FROM persons WHERE person_id = ?2) WHERE announcement_id = ?1",
            event.announcement_id, event.person_ids.back());
    messaging::Timers timers(store.database());
    if (event.last)
        timers.clear(announcing, event.announcement_id.uuid);
    else
        timers.set(announcing, event.announcement_id.uuid, event.at + between_steps);
}

}  // namespace gonghui::registration
