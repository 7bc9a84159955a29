#include "services/registration/domain/membership.hpp"
#include "services/registration/storage/columns.hpp"
#include "services/registration/storage/registration_store.hpp"

namespace gonghui::registration {

namespace {

// Parameter 1 and the organisations below it; nothing when it is NULL.
const std::string below =
    "WITH RECURSIVE below (id) AS (SELECT ?1 WHERE ?1 IS NOT NULL "
    "UNION ALL SELECT o.organisation_id FROM organisations AS o JOIN below ON o.parent_id = below.id)";

constexpr std::string_view by_person =
    "SELECT p.number, p.person_id, p.state, o.organisation_id, a.organisation_id, p.sex, p.birth_year, "
    "p.verification, p.since, p.name, p.id_number, p.phone, p.email, p.language, p.import_id, p.import_line "
    "FROM persons AS p LEFT JOIN organisations AS o ON o.number = p.organisation "
    "LEFT JOIN applications AS a ON a.person_id = p.person_id AND a.state = 'waiting' WHERE p.person_id = ?";

// A member waits for no decision.
constexpr std::string_view by_organisation =
    "SELECT p.number, p.person_id, p.state, o.organisation_id, NULL, p.sex, p.birth_year, p.verification, p.since, "
    "p.name, p.id_number, p.phone, p.email, p.language, p.import_id, p.import_line "
    "FROM organisations AS o JOIN persons AS p ON p.organisation = o.number "
    "WHERE o.organisation_id = ? AND p.number > ? ORDER BY p.number LIMIT ?";

PersonRecord person_in(const sqlite::Rows& rows)
{
    PersonRecord record;
    record.number = rows.integer(0);
    record.facts.id = rows.get<PersonId>(1);
    record.facts.state = state_in(rows, 2);
    record.facts.organisation = rows.get<std::optional<OrganisationId>>(3);
    record.applied_to = rows.get<std::optional<OrganisationId>>(4);
    if (record.applied_to && !is_active(record.facts.state)) record.facts.state = MembershipState::applied;
    record.sex = sex_in(rows, 5);
    record.birth_year = rows.integer(6);
    if (!rows.is_null(7)) record.verification = known_word(parse_verification(rows.text(7)));
    record.since = rows.get<UtcTime>(8);
    record.name = rows.get<Sealed>(9);
    record.id_number = rows.get<Sealed>(10);
    record.phone = rows.get<Sealed>(11);
    record.email = rows.get<std::optional<Sealed>>(12);
    record.language = known_word(parse_language(rows.text(13)));
    record.import_id = rows.get<std::optional<ImportId>>(14);
    record.import_line = rows.get<std::optional<std::int64_t>>(15);
    return record;
}

OrganisationNode node_in(const sqlite::Rows& rows)
{
    OrganisationNode node;
    node.organisation_id = rows.get<OrganisationId>(0);
    node.parent_id = rows.get<std::optional<OrganisationId>>(1);
    node.kind = kind_in(rows, 2);
    node.form = form_in(rows, 3);
    node.code = rows.get<std::optional<std::string>>(4);
    node.name = rows.get<std::string>(5);
    node.new_employment = rows.get<bool>(6);
    node.closed = rows.get<bool>(7);
    node.members = rows.integer(8);
    return node;
}

}  // namespace

std::optional<PersonRecord> RegistrationStore::record_of(const PersonId& id) const
{
    auto rows = database_.query(by_person, id);
    if (!rows.next()) return std::nullopt;
    return person_in(rows);
}

std::vector<PersonRecord> RegistrationStore::records_of(const OrganisationId& id, std::int64_t after_number,
                                                        std::int64_t limit) const
{
    std::vector<PersonRecord> records;
    auto rows = database_.query(by_organisation, id, after_number, limit);
    while (rows.next()) records.push_back(person_in(rows));
    return records;
}

std::vector<ApplicationRecord> RegistrationStore::waiting_below(const OrganisationId& id, std::int64_t limit) const
{
    std::vector<ApplicationRecord> waiting;
    auto rows = database_.query(
        "WITH RECURSIVE below (id) AS (VALUES (?) UNION ALL "
        "SELECT o.organisation_id FROM organisations AS o JOIN below ON o.parent_id = below.id) "
        "SELECT a.application_id, a.person_id, a.organisation_id, a.sex, a.birth_year, a.submitted_at, a.name, "
        "a.phone FROM below JOIN applications AS a ON a.organisation_id = below.id AND a.state = 'waiting' "
        "ORDER BY a.number LIMIT ?",
        id, limit);
    while (rows.next()) {
        auto& record = waiting.emplace_back();
        record.facts.id = rows.get<ApplicationId>(0);
        record.facts.person = rows.get<PersonId>(1);
        record.facts.organisation = rows.get<OrganisationId>(2);
        record.facts.waiting = true;
        record.facts.sex = sex_in(rows, 3);
        record.facts.birth_year = rows.integer(4);
        record.submitted_at = rows.get<UtcTime>(5);
        record.facts.name = rows.get<Sealed>(6);
        record.facts.phone = rows.get<Sealed>(7);
    }
    return waiting;
}

std::vector<OrganisationNode> RegistrationStore::tree(const std::optional<OrganisationId>& root) const
{
    std::vector<OrganisationNode> nodes;
    auto rows = database_.query(
        "WITH RECURSIVE below (id, depth) AS ("
        "SELECT organisation_id, 0 FROM organisations WHERE organisation_id = ?1 OR (?1 IS NULL AND parent_id IS NULL) "
        "UNION ALL "
        "SELECT o.organisation_id, depth + 1 FROM organisations AS o JOIN below ON o.parent_id = below.id) "
        "SELECT o.organisation_id, o.parent_id, o.kind, o.form, o.code, o.name, o.new_employment, o.closed, "
        "(SELECT COUNT(*) FROM persons AS p WHERE p.organisation = o.number) "
        "FROM below JOIN organisations AS o ON o.organisation_id = below.id ORDER BY below.depth, o.number",
        root);
    while (rows.next()) nodes.push_back(node_in(rows));
    return nodes;
}

CountsReply RegistrationStore::counts(const std::optional<OrganisationId>& root) const
{
    auto rows = database_.query(
        "WITH RECURSIVE below (id, number) AS ("
        "SELECT organisation_id, number FROM organisations "
        "WHERE organisation_id = ?1 OR (?1 IS NULL AND parent_id IS NULL) "
        "UNION ALL SELECT o.organisation_id, o.number FROM organisations AS o JOIN below ON o.parent_id = below.id) "
        "SELECT (SELECT COUNT(*) FROM below JOIN organisations AS o ON o.organisation_id = below.id "
        "WHERE o.kind = 'union' AND NOT o.closed), "
        "(SELECT COUNT(*) FROM below JOIN persons AS p ON p.organisation = below.number), "
        "(SELECT COUNT(*) FROM below JOIN persons AS p ON p.organisation = below.number WHERE p.state = 'retained'), "
        "(SELECT COUNT(*) FROM below JOIN applications AS a ON a.organisation_id = below.id AND a.state = 'waiting')",
        root);
    rows.next();
    return {rows.integer(0), rows.integer(1), rows.integer(2), rows.integer(3)};
}

std::vector<HeldRole> RegistrationStore::roles_of(const PersonId& person) const
{
    std::vector<HeldRole> roles;
    auto rows = database_.query("SELECT role, place_id FROM roles WHERE person_id = ? ORDER BY role, place_id", person);
    while (rows.next()) roles.push_back({known_word(parse_office(rows.text(0))), rows.get<OrganisationId>(1)});
    return roles;
}

std::vector<OfficerRow> RegistrationStore::officers_below(const std::optional<OrganisationId>& root,
                                                          const std::optional<PersonId>& after,
                                                          std::int64_t limit) const
{
    std::vector<OfficerRow> officers;
    static const auto sql =
        below +
        ", "
        "here AS (SELECT person_id, role, place_id FROM roles WHERE ?1 IS NULL OR place_id IN (SELECT id FROM below)) "
        "SELECT person_id, role, place_id FROM here WHERE person_id IN (SELECT DISTINCT person_id FROM here "
        "WHERE ?2 IS NULL OR person_id > ?2 ORDER BY person_id LIMIT ?3) ORDER BY person_id, role, place_id";
    auto rows = database_.query(sql, root, after, limit);
    while (rows.next()) {
        const auto person = rows.get<PersonId>(0);
        if (officers.empty() || officers.back().person_id != person) officers.push_back({person, {}});
        officers.back().roles.push_back({known_word(parse_office(rows.text(1))), rows.get<OrganisationId>(2)});
    }
    return officers;
}

std::vector<HeldConsent> RegistrationStore::consents_of(const PersonId& person) const
{
    std::vector<HeldConsent> consents;
    auto rows = database_.query("SELECT purpose, since FROM consents WHERE person_id = ? ORDER BY purpose", person);
    while (rows.next()) consents.push_back({known_word(parse_consent_purpose(rows.text(0))), rows.get<UtcTime>(1)});
    return consents;
}

std::vector<ApplicationRecord> RegistrationStore::applications_of(const PersonId& person) const
{
    std::vector<ApplicationRecord> applications;
    auto rows = database_.query(
        "SELECT application_id, organisation_id, state, submitted_at, sex, birth_year, language, name, id_number, "
        "phone, email FROM applications WHERE person_id = ? ORDER BY number",
        person);
    while (rows.next()) {
        auto& record = applications.emplace_back();
        record.facts.id = rows.get<ApplicationId>(0);
        record.facts.person = person;
        record.facts.organisation = rows.get<OrganisationId>(1);
        record.state = known_word(parse_application_state(rows.text(2)));
        record.facts.waiting = record.state == ApplicationState::waiting;
        record.submitted_at = rows.get<UtcTime>(3);
        record.facts.sex = sex_in(rows, 4);
        record.facts.birth_year = rows.integer(5);
        record.facts.language = known_word(parse_language(rows.text(6)));
        record.facts.name = rows.get<Sealed>(7);
        record.facts.id_number = rows.get<Sealed>(8);
        record.facts.phone = rows.get<Sealed>(9);
        record.facts.email = rows.get<std::optional<Sealed>>(10);
    }
    return applications;
}

std::vector<HeldLook> RegistrationStore::looks_at(const PersonId& person, const std::optional<LookId>& after,
                                                  std::int64_t limit) const
{
    std::vector<HeldLook> looks;
    auto rows = database_.query(
        "SELECT look_id, nullif(by_person, zeroblob(16)), by_service, purpose, at, until FROM looks "
        "WHERE person_id = ?1 AND (?2 IS NULL OR (at, look_id) > (SELECT at, look_id FROM looks WHERE look_id = ?2)) "
        "ORDER BY at, look_id LIMIT ?3",
        person, after, limit);
    while (rows.next())
        looks.push_back({rows.get<LookId>(0), rows.get<std::optional<Uuid>>(1), rows.get<std::string>(2),
                         rows.get<std::string>(3), rows.get<UtcTime>(4), rows.get<UtcTime>(5)});
    return looks;
}

// Looks are few, as each of them is a person's act with a reason: they are sorted for every page.
std::vector<LookRow> RegistrationStore::looks_below(const std::optional<OrganisationId>& root,
                                                    const std::optional<LookId>& before, std::int64_t limit) const
{
    std::vector<LookRow> looks;
    static const auto sql =
        below +
        " "
        "SELECT l.look_id, l.person_id, o.organisation_id, nullif(l.by_person, zeroblob(16)), l.by_service, l.purpose, "
        "l.at, l.until FROM looks AS l LEFT JOIN persons AS p ON p.person_id = l.person_id "
        "LEFT JOIN organisations AS o ON o.number = p.organisation "
        "WHERE (?1 IS NULL OR o.organisation_id IN (SELECT id FROM below)) "
        "AND (?2 IS NULL OR (l.at, l.look_id) < (SELECT at, look_id FROM looks WHERE look_id = ?2)) "
        "ORDER BY l.at DESC, l.look_id DESC LIMIT ?3";
    auto rows = database_.query(sql, root, before, limit);
    while (rows.next())
        looks.push_back({rows.get<LookId>(0), rows.get<PersonId>(1), rows.get<std::optional<OrganisationId>>(2),
                         rows.get<std::optional<Uuid>>(3), rows.get<std::string>(4), rows.get<std::string>(5),
                         rows.get<UtcTime>(6), rows.get<UtcTime>(7)});
    return looks;
}

std::vector<AnnouncementRow> RegistrationStore::announcements_below(const std::optional<OrganisationId>& root,
                                                                    std::int64_t limit) const
{
    std::vector<AnnouncementRow> found;
    static const auto sql =
        below +
        " "
        "SELECT announcement_id, organisation_id, title_zh, title_en, text_zh, text_en, members, addressed, done, at "
        "FROM announcements WHERE ?1 IS NULL OR organisation_id IN (SELECT id FROM below) "
        "ORDER BY at DESC, announcement_id DESC LIMIT ?2";
    auto rows = database_.query(sql, root, limit);
    while (rows.next())
        found.push_back({rows.get<AnnouncementId>(0), rows.get<OrganisationId>(1), rows.get<std::string>(2),
                         rows.get<std::string>(3), rows.get<std::string>(4), rows.get<std::string>(5), rows.integer(6),
                         rows.integer(7), rows.get<bool>(8), rows.get<UtcTime>(9)});
    return found;
}

std::optional<std::string> RegistrationStore::organisation_name(const OrganisationId& id) const
{
    return database_.value<std::string>("SELECT name FROM organisations WHERE organisation_id = ?", id);
}

}  // namespace gonghui::registration
