#include "services/registration/storage/registration_store.hpp"

#include "services/registration/domain/membership.hpp"
#include "services/registration/storage/columns.hpp"

namespace gonghui::registration {

namespace {

std::optional<OrganisationFacts> organisation_in(sqlite::Rows rows)
{
    if (!rows.next()) return std::nullopt;
    OrganisationFacts facts;
    facts.id = rows.get<OrganisationId>(0);
    facts.parent = rows.get<std::optional<OrganisationId>>(1);
    facts.kind = kind_in(rows, 2);
    facts.form = form_in(rows, 3);
    facts.new_employment = rows.get<bool>(4);
    facts.closed = rows.get<bool>(5);
    return facts;
}

// Who has no membership but a waiting application.
MembershipState with_application(MembershipState state, bool waits)
{
    return waits && !is_active(state) ? MembershipState::applied : state;
}

}  // namespace

std::optional<OrganisationFacts> RegistrationStore::organisation(const OrganisationId& id) const
{
    return organisation_in(
        database_.query("SELECT organisation_id, parent_id, kind, form, new_employment, closed FROM organisations "
                        "WHERE organisation_id = ?",
                        id));
}

std::optional<OrganisationFacts> RegistrationStore::organisation_with_code(std::string_view code) const
{
    return organisation_in(database_.query(
        "SELECT organisation_id, parent_id, kind, form, new_employment, closed FROM organisations WHERE code = ?",
        code));
}

bool RegistrationStore::tree_is_empty() const
{
    return !database_.value<int>("SELECT 1 FROM organisations LIMIT 1");
}

bool RegistrationStore::has_open_below(const OrganisationId& id) const
{
    return database_.value<int>("SELECT 1 FROM organisations WHERE parent_id = ? AND NOT closed LIMIT 1", id)
        .has_value();
}

bool RegistrationStore::holds(const PersonId& person, Office office, const OrganisationId& place) const
{
    return database_
        .value<int>("SELECT 1 FROM roles WHERE person_id = ? AND role = ? AND place_id = ?", person, to_string(office),
                    place)
        .has_value();
}

std::vector<PersonId> RegistrationStore::officers_of(const OrganisationId& union_id) const
{
    std::vector<PersonId> officers;
    auto rows = database_.query(
        "SELECT person_id FROM roles WHERE place_id = ? AND role = 'officer' ORDER BY person_id", union_id);
    while (rows.next()) officers.push_back(rows.get<PersonId>(0));
    return officers;
}

std::optional<PersonFacts> RegistrationStore::person(const PersonId& id) const
{
    auto rows = database_.query(
        "SELECT state, (SELECT o.organisation_id FROM organisations AS o WHERE o.number = organisation), "
        "EXISTS (SELECT 1 FROM applications AS a WHERE a.person_id = persons.person_id AND a.state = 'waiting') "
        "FROM persons WHERE person_id = ?",
        id);
    if (!rows.next()) return std::nullopt;
    return PersonFacts{id, with_application(state_in(rows, 0), rows.get<bool>(2)),
                       rows.get<std::optional<OrganisationId>>(1)};
}

bool RegistrationStore::is_erased(const PersonId& id) const
{
    return database_.value<int>("SELECT 1 FROM erased WHERE person_id = ?", id).has_value();
}

std::optional<Uuid> RegistrationStore::place_of(const PersonId& id) const
{
    return database_.value<Uuid>(
        "SELECT COALESCE((SELECT o.organisation_id FROM organisations AS o WHERE o.number = organisation), (SELECT "
        "a.organisation_id FROM applications AS a "
        "WHERE a.person_id = persons.person_id AND a.state = 'waiting')) FROM persons WHERE person_id = ?",
        id);
}

std::vector<PersonOfPhone> RegistrationStore::with_phone(PhoneIndex index) const
{
    std::vector<PersonOfPhone> members;
    std::vector<PersonOfPhone> others;
    auto rows = database_.query(
        "SELECT person_id, language, state IN ('member', 'retained') FROM persons WHERE phone_index = ? "
        "ORDER BY number DESC LIMIT 10",
        index.value);
    while (rows.next())
        (rows.get<bool>(2) ? members : others)
            .push_back({rows.get<PersonId>(0), known_word(parse_language(rows.text(1)))});
    return members.empty() ? others : members;
}

void RegistrationStore::index_phones()
{
    std::vector<std::pair<PersonId, Sealed>> missing;
    {
        auto rows = database_.query("SELECT person_id, phone FROM persons WHERE phone_index IS NULL");
        while (rows.next()) missing.emplace_back(rows.get<PersonId>(0), rows.get<Sealed>(1));
    }
    if (missing.empty()) return;
    sqlite::Transaction transaction(database_);
    for (const auto& [person, phone] : missing)
        if (const auto index = identities().of_phone(phone))
            database_.run("UPDATE persons SET phone_index = ? WHERE person_id = ?", index->value, person);
    transaction.commit();
}

std::optional<KnownPerson> RegistrationStore::person_with(IdIndex index) const
{
    auto rows = database_.query(
        "SELECT person_id, state, (SELECT o.organisation_id FROM organisations AS o WHERE o.number = organisation), "
        "import_id, import_line, "
        "EXISTS (SELECT 1 FROM applications AS a WHERE a.person_id = persons.person_id AND a.state = 'waiting') "
        "FROM persons WHERE id_index = ?",
        index.value);
    if (!rows.next()) return std::nullopt;
    KnownPerson person;
    person.id = rows.get<PersonId>(0);
    person.state = with_application(state_in(rows, 1), rows.get<bool>(5));
    person.organisation = rows.get<std::optional<OrganisationId>>(2);
    person.import_id = rows.get<std::optional<ImportId>>(3);
    person.line = rows.get<std::optional<std::int64_t>>(4);
    return person;
}

std::vector<PersonFacts> RegistrationStore::members_of(const OrganisationId& id) const
{
    std::vector<PersonFacts> members;
    auto rows = database_.query(
        "SELECT person_id, state FROM persons "
        "WHERE organisation = (SELECT number FROM organisations WHERE organisation_id = ?) ORDER BY number",
        id);
    while (rows.next()) members.push_back({rows.get<PersonId>(0), state_in(rows, 1), id});
    return members;
}

std::optional<ApplicationFacts> RegistrationStore::application(const ApplicationId& id) const
{
    auto rows = database_.query(
        "SELECT person_id, organisation_id, state = 'waiting', sex, birth_year, language, name, id_number, phone, "
        "email FROM applications WHERE application_id = ?",
        id);
    if (!rows.next()) return std::nullopt;
    ApplicationFacts facts;
    facts.id = id;
    facts.person = rows.get<PersonId>(0);
    facts.organisation = rows.get<OrganisationId>(1);
    facts.waiting = rows.get<bool>(2);
    facts.sex = sex_in(rows, 3);
    facts.birth_year = rows.integer(4);
    facts.language = known_word(parse_language(rows.text(5)));
    facts.name = rows.get<Sealed>(6);
    facts.id_number = rows.get<Sealed>(7);
    facts.phone = rows.get<Sealed>(8);
    facts.email = rows.get<std::optional<Sealed>>(9);
    return facts;
}

std::vector<CloseOrganisationFacts::Waiting> RegistrationStore::waiting_at(const OrganisationId& id) const
{
    std::vector<CloseOrganisationFacts::Waiting> waiting;
    auto rows = database_.query(
        "SELECT application_id, person_id FROM applications WHERE organisation_id = ? AND state = 'waiting' "
        "ORDER BY number",
        id);
    while (rows.next()) waiting.push_back({rows.get<ApplicationId>(0), rows.get<PersonId>(1)});
    return waiting;
}

bool RegistrationStore::consents(const PersonId& person, ConsentPurpose purpose) const
{
    return database_
        .value<int>("SELECT 1 FROM consents WHERE person_id = ? AND purpose = ?", person, to_string(purpose))
        .has_value();
}

std::optional<Look> RegistrationStore::look(const LookId& id) const
{
    auto rows = database_.query("SELECT person_id, by_person, by_service, until FROM looks WHERE look_id = ?", id);
    if (!rows.next()) return std::nullopt;
    return Look{rows.get<PersonId>(0), rows.get<Uuid>(1), rows.get<std::string>(2), rows.get<UtcTime>(3)};
}

std::optional<AnnouncementProgress> RegistrationStore::announcement(const AnnouncementId& id) const
{
    auto rows = database_.query(
        "SELECT organisation_id, done, union_number, person_number FROM announcements WHERE announcement_id = ?", id);
    if (!rows.next()) return std::nullopt;
    return AnnouncementProgress{rows.get<OrganisationId>(0), rows.get<bool>(1), rows.integer(2), rows.integer(3)};
}

std::vector<PersonId> RegistrationStore::next_to_tell(const AnnouncementProgress& progress, std::int64_t limit) const
{
    std::vector<PersonId> people;
    auto unions = database_.query(
        "WITH RECURSIVE below (id, number) AS ("
        "SELECT organisation_id, number FROM organisations WHERE organisation_id = ?1 "
        "UNION ALL SELECT o.organisation_id, o.number FROM organisations AS o JOIN below ON o.parent_id = below.id) "
        "SELECT number FROM below WHERE number >= ?2 ORDER BY number",
        progress.organisation, progress.union_number);
    while (std::cmp_less(people.size(), limit) && unions.next()) {
        const auto union_number = unions.integer(0);
        auto members = database_.query(
            "SELECT person_id FROM persons WHERE organisation = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
            union_number, union_number == progress.union_number ? progress.person_number : 0,
            limit - static_cast<std::int64_t>(people.size()));
        while (members.next()) people.push_back(members.get<PersonId>(0));
    }
    return people;
}

Identities& RegistrationStore::identities() const
{
    if (!identities_) throw std::logic_error("events are evolved over the writer's store only");
    return *identities_;
}

}  // namespace gonghui::registration
