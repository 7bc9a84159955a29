#include "services/training/storage/training_store.hpp"

#include "services/training/storage/place_column.hpp"

namespace gonghui::training {

namespace {

std::optional<OrganisationId> as_organisation(const std::optional<Uuid>& id)
{
    return id ? std::optional(OrganisationId(*id)) : std::nullopt;
}

// Columns `first`... as `campaign` and `training_class` select them.
CampaignFacts read_campaign(const sqlite::Rows& row, int first)
{
    CampaignFacts campaign;
    campaign.id = row.get<CampaignId>(first);
    campaign.organisation = row.get<OrganisationId>(first + 1);
    campaign.opens_at = row.get<UtcTime>(first + 2);
    campaign.closes_at = row.get<UtcTime>(first + 3);
    campaign.classes_per_person = row.integer(first + 4);
    campaign.offer_time = std::chrono::seconds(row.integer(first + 5));
    campaign.cancel_until = row.get<std::optional<UtcTime>>(first + 6);
    return campaign;
}

ClassFacts read_class(const ClassId& id, const sqlite::Rows& row)
{
    ClassFacts facts;
    facts.id = id;
    facts.campaign = read_campaign(row, 0);
    facts.capacity = row.integer(7);
    facts.taken = row.integer(8);
    facts.offered = row.integer(9);
    facts.waiting = row.integer(10);
    facts.begins_at = row.get<UtcTime>(11);
    facts.conditions.new_employment_only = row.get<bool>(12);
    facts.conditions.organisation = as_organisation(row.get<std::optional<Uuid>>(13));
    facts.conditions.latest_birth_year = row.get<std::optional<std::int64_t>>(14);
    return facts;
}

}  // namespace

Uuid offer_id(const ClassId& class_id, std::int64_t number)
{
    return derive_uuid(class_id.uuid, static_cast<std::uint32_t>(number));
}

bool TrainingStore::course_exists(const CourseId& course) const
{
    return database_.value<std::int64_t>("SELECT 1 FROM courses WHERE course_id = ?1", course).has_value();
}

bool TrainingStore::class_exists(const ClassId& class_id) const
{
    return database_.value<std::int64_t>("SELECT 1 FROM classes WHERE class_id = ?1", class_id).has_value();
}

bool TrainingStore::organisation_known(const OrganisationId& organisation) const
{
    return places().covers(organisation.uuid, organisation.uuid);
}

std::optional<CampaignFacts> TrainingStore::campaign(const CampaignId& campaign) const
{
    auto row = database_.query(
        "SELECT campaign_id, organisation_id, opens_at, closes_at, classes_per_person, offer_seconds, cancel_until"
        " FROM campaigns WHERE campaign_id = ?1",
        campaign);
    if (!row.next()) return std::nullopt;
    return read_campaign(row, 0);
}

std::optional<ClassFacts> TrainingStore::training_class(const ClassId& class_id) const
{
    auto row = database_.query(
        "SELECT p.campaign_id, p.organisation_id, p.opens_at, p.closes_at, p.classes_per_person, p.offer_seconds,"
        " p.cancel_until, c.capacity, c.taken, c.offered, c.waiting, c.begins_at, c.new_employment_only,"
        " c.required_organisation_id, c.latest_birth_year"
        " FROM classes c JOIN campaigns p ON p.campaign_id = c.campaign_id WHERE c.class_id = ?1",
        class_id);
    if (!row.next()) return std::nullopt;
    return read_class(class_id, row);
}

std::vector<Session> TrainingStore::sessions(const ClassId& class_id) const
{
    std::vector<Session> sessions;
    auto row =
        database_.query("SELECT starts_at, ends_at FROM sessions WHERE class_id = ?1 ORDER BY starts_at", class_id);
    while (row.next()) sessions.push_back({row.get<UtcTime>(0), row.get<UtcTime>(1)});
    return sessions;
}

EnrollFacts TrainingStore::enroll_facts(const CampaignId& campaign, const ClassId& class_id,
                                        const PersonId& person) const
{
    EnrollFacts facts;
    facts.training_class = training_class(class_id);
    if (facts.training_class && facts.training_class->campaign.id != campaign) facts.training_class.reset();
    facts.person.id = person;

    {
        auto row = database_.query(
            "SELECT organisation_id, active, new_employment, birth_year FROM members WHERE person_id = ?1", person);
        if (row.next()) {
            facts.person.organisation = row.get<OrganisationId>(0);
            facts.person.is_member = row.get<bool>(1);
            facts.person.new_employment = row.get<bool>(2);
            facts.person.birth_year = row.get<std::optional<std::int64_t>>(3);
        }
    }
    if (!facts.training_class) return facts;

    if (const auto& required = facts.training_class->conditions.organisation)
        facts.person.belongs_to_required_organisation =
            facts.person.organisation && places().covers(required->uuid, facts.person.organisation->uuid);

    auto row = database_.query("SELECT class_id, campaign_id, state FROM enrollments WHERE person_id = ?1", person);
    while (row.next()) {
        const auto in_class = row.get<ClassId>(0);
        const auto place = place_from_column(row.integer(2));
        if (in_class == class_id)
            facts.person.place = place;
        else if (place != Place::waiting)
            facts.person.held.push_back({in_class, row.get<CampaignId>(1), sessions(in_class)});
    }
    if (!facts.person.held.empty()) facts.training_class->sessions = sessions(class_id);
    return facts;
}

PlaceFacts TrainingStore::place_facts(const CampaignId& campaign, const ClassId& class_id, const PersonId& person) const
{
    PlaceFacts facts;
    facts.training_class = training_class(class_id);
    if (facts.training_class && facts.training_class->campaign.id != campaign) facts.training_class.reset();
    auto row = database_.query(
        "SELECT e.state, o.expires_at FROM enrollments e"
        " LEFT JOIN offers o ON o.person_id = e.person_id AND o.class_id = e.class_id"
        " WHERE e.person_id = ?1 AND e.class_id = ?2",
        person, class_id);
    if (row.next()) {
        facts.place = place_from_column(row.integer(0));
        facts.offer_expires_at = row.get<std::optional<UtcTime>>(1);
    }
    return facts;
}

std::optional<OfferFacts> TrainingStore::offer(const Uuid& offer_id) const
{
    auto row = database_.query("SELECT class_id, campaign_id, person_id, expires_at FROM offers WHERE offer_id = ?1",
                               offer_id);
    if (!row.next()) return std::nullopt;
    return OfferFacts{row.get<ClassId>(0), row.get<CampaignId>(1), row.get<PersonId>(2), row.get<UtcTime>(3)};
}

std::vector<PlaceOfPerson> TrainingStore::places_of(const PersonId& person) const
{
    std::vector<PlaceOfPerson> places;
    auto row = database_.query("SELECT class_id, campaign_id, state FROM enrollments WHERE person_id = ?1", person);
    while (row.next())
        places.push_back({row.get<ClassId>(0), row.get<CampaignId>(1), place_from_column(row.integer(2))});
    return places;
}

std::vector<InLine> TrainingStore::line(const ClassId& class_id, std::int64_t after_number, std::size_t limit) const
{
    std::vector<InLine> line;
    auto row = database_.query(
        "SELECT number, person_id FROM enrollments WHERE class_id = ?1 AND state = 3 AND number > ?2"
        " ORDER BY number LIMIT ?3",
        class_id, after_number, limit);
    while (row.next()) line.push_back({row.integer(0), row.get<PersonId>(1)});
    return line;
}

std::vector<ClassId> TrainingStore::free_where_waiting(const PersonId& person) const
{
    std::vector<ClassId> classes;
    auto row = database_.query(
        "SELECT e.class_id FROM enrollments e JOIN classes c ON c.class_id = e.class_id"
        " WHERE e.person_id = ?1 AND e.state = 3 AND c.taken + c.offered < c.capacity ORDER BY e.at, e.class_id",
        person);
    while (row.next()) classes.push_back(row.get<ClassId>(0));
    return classes;
}

std::vector<ClassId> TrainingStore::free_for_some_organisations() const
{
    std::vector<ClassId> classes;
    auto row = database_.query(
        "SELECT class_id FROM classes WHERE required_organisation_id IS NOT NULL AND waiting > 0"
        " AND taken + offered < capacity ORDER BY class_id");
    while (row.next()) classes.push_back(row.get<ClassId>(0));
    return classes;
}

std::optional<Uuid> TrainingStore::organisation_of(const PersonId& person) const
{
    return database_.value<Uuid>("SELECT organisation_id FROM members WHERE person_id = ?1", person);
}

std::optional<Uuid> TrainingStore::organisation_of(const CampaignId& campaign) const
{
    return database_.value<Uuid>("SELECT organisation_id FROM campaigns WHERE campaign_id = ?1", campaign);
}

std::optional<Uuid> TrainingStore::organisation_of(const CampaignId& campaign, const ClassId& class_id) const
{
    return database_.value<Uuid>("SELECT organisation_id FROM classes WHERE class_id = ?1 AND campaign_id = ?2",
                                 class_id, campaign);
}

}  // namespace gonghui::training
