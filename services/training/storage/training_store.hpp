#pragma once
// Training's tables: what the rules are told, read in a few narrow look-ups, and what queries show. Nothing here
// writes; only `evolve` (evolve.hpp) does.

#include "common/places/places.hpp"
#include "common/sqlite/database.hpp"
#include "schemas/generated/training/messages.hpp"
#include "services/training/domain/add_course.hpp"
#include "services/training/domain/cancel.hpp"
#include "services/training/domain/enroll.hpp"
#include "services/training/domain/lapse_offer.hpp"
#include "services/training/domain/leave.hpp"
#include "services/training/domain/open_class.hpp"
#include "services/training/domain/plan_campaign.hpp"

#include <optional>
#include <vector>

namespace gonghui::training {

// The kind of the timer that ends an offer; its subject is `offer_id`.
inline constexpr std::string_view offer_lapses = "offer_lapses";

// An offer is named by the class and the arrival number of the person whom it is made to, so that a replay names it
// alike. Numbers are never given twice in a class.
[[nodiscard]] Uuid offer_id(const ClassId& class_id, std::int64_t number);

// One who waits, in order of arrival.
struct InLine {
    std::int64_t number = 0;
    PersonId person;
};

// Brings up the tables of training and of the places that it keeps for itself.
void migrate(sqlite::Database& database);
// What registration's events alone write.
std::vector<std::string> read_model_of_registration();

// Cheap to make: one over the writer's connection, one per query over a reader's. Not thread-safe, like its connection.
// Facts come without `standing`: who asks is the handler's to say.
class TrainingStore {
public:
    explicit TrainingStore(sqlite::Database& database) : database_(database) {}

    // Component "training".
    static std::vector<sqlite::Migration> migrations();

    // --- facts
    [[nodiscard]] bool course_exists(const CourseId& course) const;
    [[nodiscard]] bool class_exists(const ClassId& class_id) const;
    [[nodiscard]] bool organisation_known(const OrganisationId& organisation) const;
    [[nodiscard]] std::optional<CampaignFacts> campaign(const CampaignId& campaign) const;
    // Without sessions.
    [[nodiscard]] std::optional<ClassFacts> training_class(const ClassId& class_id) const;
    // The class (with its sessions if they could clash with anything) and the person, as enrolling and promotion see
    // them. The class is nullopt when the campaign does not hold it.
    [[nodiscard]] EnrollFacts enroll_facts(const CampaignId& campaign, const ClassId& class_id,
                                           const PersonId& person) const;
    [[nodiscard]] PlaceFacts place_facts(const CampaignId& campaign, const ClassId& class_id,
                                         const PersonId& person) const;
    [[nodiscard]] std::optional<OfferFacts> offer(const Uuid& offer_id) const;
    [[nodiscard]] std::vector<PlaceOfPerson> places_of(const PersonId& person) const;
    // Those who wait after `after_number`, at most `limit`.
    [[nodiscard]] std::vector<InLine> line(const ClassId& class_id, std::int64_t after_number, std::size_t limit) const;
    // Classes with a free seat in whose line the person stands.
    [[nodiscard]] std::vector<ClassId> free_where_waiting(const PersonId& person) const;
    // Classes with a free seat and a line that are open to some organisations only.
    [[nodiscard]] std::vector<ClassId> free_for_some_organisations() const;

    // The organisation that a person belongs or last belonged to; nullopt for who never was a member.
    [[nodiscard]] std::optional<Uuid> organisation_of(const PersonId& person) const;
    [[nodiscard]] std::optional<Uuid> organisation_of(const CampaignId& campaign) const;
    // The organisation that hosts a class.
    [[nodiscard]] std::optional<Uuid> organisation_of(const CampaignId& campaign, const ClassId& class_id) const;
    [[nodiscard]] Places places() const { return Places(database_); }

    // --- what queries show
    [[nodiscard]] CampaignsReply campaigns_closing_after(UtcTime time, std::int64_t limit) const;
    [[nodiscard]] CoursesReply courses() const;
    [[nodiscard]] std::optional<CampaignStatusReply> campaign_status(const CampaignId& campaign) const;
    [[nodiscard]] MyEnrollmentsReply enrollments_of(const PersonId& person) const;
    [[nodiscard]] HeldAboutReply held_about(const PersonId& person) const;
    [[nodiscard]] ClassRosterReply roster(const ClassId& class_id, Place place, std::int64_t after_number,
                                          std::int64_t limit) const;
    // The place in line: one more than those who wait and came before. nullopt for who does not wait.
    [[nodiscard]] std::optional<std::int64_t> rank(const ClassId& class_id, const PersonId& person) const;

    [[nodiscard]] sqlite::Database& database() const { return database_; }  // for evolve

private:
    [[nodiscard]] std::vector<Session> sessions(const ClassId& class_id) const;

    sqlite::Database& database_;
};

}  // namespace gonghui::training
