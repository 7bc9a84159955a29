// The copy of everything that training holds about a person.

#include "services/training/app/training_under_test.hpp"
#include "tests/support/accounted_columns.hpp"

#include <gtest/gtest.h>

namespace gonghui::training {
namespace {

using std::chrono::hours;

TEST(HeldAbout, EveryColumnIsShownOrKeptBackForAReason)
{
    sqlite::Database database(":memory:");
    migrate(database);
    const std::string nobody = "no person in it";
    test::expect_every_column_accounted(
        database,
        {{"enrollments", "person_id class_id campaign_id state number at", "", ""},
         {"offers", "offer_id person_id class_id campaign_id expires_at", "", ""},
         {"members", "person_id organisation_id active new_employment birth_year", "", ""},
         {"places_roles", "", "person role place", "registration's roles, which it shows itself"},
         {"courses", "title_zh title_en", "course_id description", nobody},
         {"classes", "class_id campaign_id begins_at venue",
          "capacity taken offered waiting arrivals new_employment_only required_organisation_id latest_birth_year "
          "course_id organisation_id minimum teacher",
          "no person in it; a teacher is a name on the public menu"},
         {"campaigns", "",
          "campaign_id organisation_id name_zh name_en opens_at closes_at classes_per_person offer_seconds "
          "cancel_until",
          nobody},
         {"sessions", "", "class_id starts_at ends_at", nobody},
         {"organisations", "", "organisation_id new_employment", nobody},
         {"places_tree", "", "place parent", nobody},
         {"places_closure", "", "place ancestor", nobody}});
}

class HeldAboutTest : public testing::Test {
protected:
    HeldAboutTest()
    {
        training.found_the_tree();
        for (const auto& person : {ann, bao}) training.join(person, training.tree.couriers);
        campaign = training.plan(1, 3, hours(24));
        tea = training.open(1, campaign, 1, evening(7));
        dance = training.open(2, campaign, 1, evening(8));
        chess = training.open(3, campaign, 1, evening(9));
    }

    void enroll(const PersonId& person, const ClassId& class_id)
    {
        training.answer(Enroll{campaign, class_id, person}, worker(person));
    }
    HeldAboutReply held(const PersonId& person) { return training.answer(HeldAbout{person}, worker(person)); }

    [[nodiscard]] HeldEnrollment entry(const ClassId& class_id, int days_ahead, PlaceState state,
                                       std::int64_t number) const
    {
        HeldEnrollment entry;
        entry.campaign_id = campaign;
        entry.class_id = class_id;
        entry.title_zh = "茶艺";
        entry.title_en = "Tea";
        entry.venue = "工人文化宫 301";
        entry.starts_at = evening(days_ahead).starts_at;
        entry.state = state;
        entry.number = number;
        entry.at = test_now;
        return entry;
    }

    TrainingUnderTest training;
    PersonId ann = test_id<PersonId>(11);
    PersonId bao = test_id<PersonId>(12);
    CampaignId campaign;
    ClassId tea, dance, chess;
};

TEST_F(HeldAboutTest, IsSeatsOffersPlacesInLineAndTheMembership)
{
    enroll(ann, tea);
    enroll(bao, dance);
    enroll(ann, dance);
    enroll(bao, chess);
    enroll(ann, chess);
    training.answer(Cancel{campaign, dance, bao}, worker(bao));

    auto offered = entry(dance, 8, PlaceState::offered, 2);
    offered.offer_id = offer_id(dance, 2);
    offered.expires_at = test_now + hours(24);
    HeldAboutReply expected;
    expected.member = HeldMember{training.tree.couriers, true, true, 1990};
    expected.enrollments = {entry(tea, 7, PlaceState::taken, 1), offered, entry(chess, 9, PlaceState::waiting, 2)};
    EXPECT_EQ(held(ann), expected);
}

TEST_F(HeldAboutTest, OfWhoWasErasedNothingIsHeld)
{
    enroll(ann, tea);
    training.leave(ann, training.tree.couriers);
    training.apply(registration::PersonErased{ann, training.now});
    EXPECT_EQ(held(ann), HeldAboutReply{});
}

}  // namespace
}  // namespace gonghui::training
