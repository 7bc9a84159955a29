// What queries show. Read on a reader's connection, beside the writer.

#include "services/training/storage/place_column.hpp"
#include "services/training/storage/training_store.hpp"

namespace gonghui::training {

namespace {

std::vector<ClassStatus> classes_of(sqlite::Database& database, const CampaignId& campaign)
{
    std::vector<ClassStatus> classes;
    auto row = database.query(
        "SELECT c.class_id, c.course_id, k.title_zh, k.title_en, c.venue, c.teacher, c.begins_at, c.capacity, c.taken,"
        " c.offered, c.waiting, k.description FROM classes c JOIN courses k ON k.course_id = c.course_id"
        " WHERE c.campaign_id = ?1 ORDER BY c.begins_at, c.class_id",
        campaign);
    while (row.next()) {
        auto& shown = classes.emplace_back();
        shown.class_id = row.get<ClassId>(0);
        shown.course_id = row.get<CourseId>(1);
        shown.title_zh = row.get<std::string>(2);
        shown.title_en = row.get<std::string>(3);
        shown.venue = row.get<std::string>(4);
        shown.teacher = row.get<std::optional<std::string>>(5);
        shown.starts_at = row.get<UtcTime>(6);
        shown.capacity = row.integer(7);
        shown.taken = row.integer(8);
        shown.offered = row.integer(9);
        shown.waiting = row.integer(10);
        shown.description = row.get<std::optional<std::string>>(11);
    }
    return classes;
}

}  // namespace

CampaignsReply TrainingStore::campaigns_closing_after(UtcTime time, std::int64_t limit) const
{
    CampaignsReply reply;
    auto row = database_.query(
        "SELECT campaign_id, organisation_id, name_zh, name_en, opens_at, closes_at,"
        " (SELECT count(*) FROM classes c WHERE c.campaign_id = k.campaign_id)"
        " FROM campaigns k WHERE closes_at > ?1 ORDER BY opens_at, campaign_id LIMIT ?2",
        time, limit);
    while (row.next())
        reply.campaigns.push_back({.campaign_id = row.get<CampaignId>(0),
                                   .organisation_id = row.get<OrganisationId>(1),
                                   .name_zh = row.get<std::string>(2),
                                   .name_en = row.get<std::string>(3),
                                   .opens_at = row.get<UtcTime>(4),
                                   .closes_at = row.get<UtcTime>(5),
                                   .classes = row.integer(6)});
    return reply;
}

CoursesReply TrainingStore::courses() const
{
    CoursesReply reply;
    auto row =
        database_.query("SELECT course_id, title_zh, title_en, description FROM courses ORDER BY title_zh, course_id");
    while (row.next())
        reply.courses.push_back({row.get<CourseId>(0), row.get<std::string>(1), row.get<std::string>(2),
                                 row.get<std::optional<std::string>>(3)});
    return reply;
}

std::optional<CampaignStatusReply> TrainingStore::campaign_status(const CampaignId& campaign) const
{
    CampaignStatusReply reply;
    {
        auto row = database_.query(
            "SELECT name_zh, name_en, opens_at, closes_at, classes_per_person FROM campaigns WHERE campaign_id = ?1",
            campaign);
        if (!row.next()) return std::nullopt;
        reply.name_zh = row.get<std::string>(0);
        reply.name_en = row.get<std::string>(1);
        reply.opens_at = row.get<UtcTime>(2);
        reply.closes_at = row.get<UtcTime>(3);
        reply.classes_per_person = row.integer(4);
    }
    reply.classes = classes_of(database_, campaign);
    for (auto& shown : reply.classes) shown.sessions = sessions(shown.class_id);
    return reply;
}

MyEnrollmentsReply TrainingStore::enrollments_of(const PersonId& person) const
{
    MyEnrollmentsReply reply;
    auto row = database_.query(
        "SELECT e.class_id, e.campaign_id, c.course_id, k.title_zh, k.title_en, c.venue, c.begins_at, e.state,"
        " o.expires_at FROM enrollments e JOIN classes c ON c.class_id = e.class_id"
        " JOIN courses k ON k.course_id = c.course_id"
        " LEFT JOIN offers o ON o.person_id = e.person_id AND o.class_id = e.class_id"
        " WHERE e.person_id = ?1 ORDER BY c.begins_at, e.class_id",
        person);
    while (row.next()) {
        auto& shown = reply.enrollments.emplace_back();
        shown.class_id = row.get<ClassId>(0);
        shown.campaign_id = row.get<CampaignId>(1);
        shown.course_id = row.get<CourseId>(2);
        shown.title_zh = row.get<std::string>(3);
        shown.title_en = row.get<std::string>(4);
        shown.venue = row.get<std::string>(5);
        shown.starts_at = row.get<UtcTime>(6);
        shown.state = place_from_column(row.integer(7));
        shown.expires_at = row.get<std::optional<UtcTime>>(8);
        shown.rank = rank(shown.class_id, person);
        shown.sessions = sessions(shown.class_id);
    }
    return reply;
}

HeldAboutReply TrainingStore::held_about(const PersonId& person) const
{
    HeldAboutReply reply;
    auto member = database_.query(
        "SELECT organisation_id, active, new_employment, birth_year FROM members WHERE person_id = ?1", person);
    if (member.next())
        reply.member = HeldMember{member.get<OrganisationId>(0), member.get<bool>(1), member.get<bool>(2),
                                  member.get<std::optional<std::int64_t>>(3)};
    auto row = database_.query(
        "SELECT e.campaign_id, e.class_id, k.title_zh, k.title_en, c.venue, c.begins_at, e.state, e.number, e.at,"
        " o.offer_id, o.expires_at FROM enrollments e JOIN classes c ON c.class_id = e.class_id"
        " JOIN courses k ON k.course_id = c.course_id"
        " LEFT JOIN offers o ON o.person_id = e.person_id AND o.class_id = e.class_id"
        " WHERE e.person_id = ?1 ORDER BY c.begins_at, e.class_id",
        person);
    while (row.next()) {
        auto& held = reply.enrollments.emplace_back();
        held.campaign_id = row.get<CampaignId>(0);
        held.class_id = row.get<ClassId>(1);
        held.title_zh = row.get<std::string>(2);
        held.title_en = row.get<std::string>(3);
        held.venue = row.get<std::string>(4);
        held.starts_at = row.get<UtcTime>(5);
        held.state = place_from_column(row.integer(6));
        held.number = row.integer(7);
        held.at = row.get<UtcTime>(8);
        held.offer_id = row.get<std::optional<Uuid>>(9);
        held.expires_at = row.get<std::optional<UtcTime>>(10);
    }
    return reply;
}

ClassRosterReply TrainingStore::roster(const ClassId& class_id, Place place, std::int64_t after_number,
                                       std::int64_t limit) const
{
    ClassRosterReply reply;
    auto row = database_.query(
        "SELECT person_id, number, at FROM enrollments WHERE class_id = ?1 AND state = ?2 AND number > ?3"
        " ORDER BY number LIMIT ?4",
        class_id, to_column(place), after_number, limit);
    while (row.next()) reply.entries.push_back({row.get<PersonId>(0), row.integer(1), row.get<UtcTime>(2)});
    return reply;
}

std::optional<std::int64_t> TrainingStore::rank(const ClassId& class_id, const PersonId& person) const
{
    return database_.value<std::int64_t>(
        "SELECT 1 + (SELECT count(*) FROM enrollments w WHERE w.class_id = e.class_id AND w.state = 3"
        " AND w.number < e.number) FROM enrollments e WHERE e.person_id = ?1 AND e.class_id = ?2 AND e.state = 3",
        person, class_id);
}

}  // namespace gonghui::training
