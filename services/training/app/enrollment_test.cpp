// A seat's way from one person to the next, through the handlers and the real store.

#include "services/training/app/training_under_test.hpp"

#include <gtest/gtest.h>

namespace gonghui::training {
namespace {

using messaging::Outcome;
using std::chrono::hours;

class EveningSchool : public testing::Test {
protected:
    EveningSchool()
    {
        training.found_the_tree();
        for (const auto& person : {ann, bao, chen}) training.join(person, training.tree.factory);
        campaign = training.plan(1, 2, hours(24));
        tea = training.open(1, campaign, 1, evening(7));
    }

    messaging::Reply enroll(const PersonId& person, const ClassId& class_id)
    {
        return training.ask(Enroll{campaign, class_id, person}, worker(person));
    }
    messaging::Reply cancel(const PersonId& person, const ClassId& class_id)
    {
        return training.ask(Cancel{campaign, class_id, person}, worker(person));
    }
    messaging::Reply accept(const PersonId& person, const ClassId& class_id)
    {
        return training.ask(AcceptOffer{campaign, class_id, person}, worker(person));
    }
    std::optional<Place> place(const PersonId& person, const ClassId& class_id)
    {
        return training.store.place_facts(campaign, class_id, person).place;
    }
    MyRankReply rank(const PersonId& person, const ClassId& class_id)
    {
        return training.answer(MyRank{campaign, class_id, person}, worker(person));
    }

    TrainingUnderTest training;
    PersonId ann = test_id<PersonId>(11);
    PersonId bao = test_id<PersonId>(12);
    PersonId chen = test_id<PersonId>(13);
    CampaignId campaign;
    ClassId tea;
};

TEST_F(EveningSchool, AnswersWithASeatOrAPlaceInLine)
{
    const auto seat = TrainingUnderTest::answered<EnrollReply>(enroll(ann, tea));
    EXPECT_EQ(seat.state, EnrollReplyState::taken);
    EXPECT_FALSE(seat.rank);
    const auto in_line = TrainingUnderTest::answered<EnrollReply>(enroll(bao, tea));
    EXPECT_EQ(in_line.state, EnrollReplyState::waiting);
    EXPECT_EQ(in_line.rank, 1);
    EXPECT_EQ(TrainingUnderTest::answered<EnrollReply>(enroll(chen, tea)).rank, 2);
}

TEST_F(EveningSchool, GoesByTheTimesOfACampaignThatWasChanged)
{
    EXPECT_EQ(enroll(ann, tea).outcome, Outcome::accepted);
    const auto opened = training.store.campaign(campaign)->opens_at;
    training.now += hours(1);
    const ChangeCampaign closed{campaign, "夜校", "Evenings", opened, training.now};
    EXPECT_EQ(training.ask(closed, TrainingUnderTest::service_actor()).outcome, Outcome::accepted);
    EXPECT_EQ(enroll(bao, tea).code, refusal::campaign_closed);
    EXPECT_EQ(place(ann, tea), Place::taken);
    const ChangeCampaign longer{campaign, "夜校", "Evenings", opened, training.now + hours(1)};
    EXPECT_EQ(training.ask(longer, TrainingUnderTest::service_actor()).outcome, Outcome::accepted);
    EXPECT_EQ(enroll(bao, tea).outcome, Outcome::accepted);
}

TEST_F(EveningSchool, OffersAFreedSeatToTheNextAndCountsItAsHeld)
{
    for (const auto& person : {ann, bao, chen}) enroll(person, tea);
    EXPECT_EQ(cancel(ann, tea).outcome, Outcome::accepted);
    EXPECT_EQ(place(bao, tea), Place::offered);
    EXPECT_EQ(place(chen, tea), Place::waiting);
    EXPECT_EQ(rank(chen, tea).rank, 1);
    EXPECT_EQ(TrainingUnderTest::answered<EnrollReply>(enroll(ann, tea)).state, EnrollReplyState::waiting);
    EXPECT_EQ(accept(bao, tea).outcome, Outcome::accepted);
    EXPECT_EQ(place(bao, tea), Place::taken);
    EXPECT_FALSE(training.timers().next_due());
}

TEST_F(EveningSchool, GivesAnUnansweredOfferToTheNextWhenItsTimeIsUp)
{
    for (const auto& person : {ann, bao, chen}) enroll(person, tea);
    cancel(ann, tea);
    training.pass(hours(24) - Duration(1));
    EXPECT_EQ(place(bao, tea), Place::offered);
    training.pass(Duration(1));
    EXPECT_EQ(place(bao, tea), std::nullopt);
    EXPECT_EQ(place(chen, tea), Place::offered);
    EXPECT_EQ(accept(bao, tea).code, refusal::no_offer);
}

TEST_F(EveningSchool, GivesADeclinedOfferToTheNext)
{
    for (const auto& person : {ann, bao, chen}) enroll(person, tea);
    cancel(ann, tea);
    EXPECT_EQ(training.ask(DeclineOffer{campaign, tea, bao}, worker(bao)).outcome, Outcome::accepted);
    EXPECT_EQ(place(bao, tea), std::nullopt);
    EXPECT_EQ(place(chen, tea), Place::offered);
}

TEST_F(EveningSchool, FreesTheSeatsOfWhoLeavesTheUnion)
{
    for (const auto& person : {ann, bao, chen}) enroll(person, tea);
    training.leave(ann, training.tree.factory);
    EXPECT_EQ(place(ann, tea), std::nullopt);
    EXPECT_EQ(place(bao, tea), Place::offered);
    training.leave(bao, training.tree.factory);
    EXPECT_EQ(place(chen, tea), Place::offered);
    EXPECT_EQ(enroll(ann, tea).code, refusal::not_a_member);
    training.join(ann, training.tree.village);
    EXPECT_EQ(enroll(ann, tea).outcome, Outcome::accepted);
}

TEST_F(EveningSchool, PassesOverWhoClashesAndSaysWhyAndComesBackWhenTheyAreFree)
{
    const auto song = training.open(2, campaign, 5, evening(7, hours(1)));
    for (const auto& person : {ann, bao}) enroll(person, tea);
    enroll(bao, song);
    cancel(ann, tea);
    EXPECT_EQ(place(bao, tea), Place::waiting);
    EXPECT_EQ(rank(bao, tea).passed_over_for, PassedOverFor::time_clash);
    EXPECT_EQ(rank(bao, tea).free_seats, 1);
    cancel(bao, song);
    EXPECT_EQ(place(bao, tea), Place::offered);
}

TEST_F(EveningSchool, PassesOverWhoHasReachedTheCapForTheNextInLine)
{
    const auto song = training.open(2, campaign, 5, evening(8));
    const auto chess = training.open(3, campaign, 5, evening(9));
    for (const auto& person : {ann, bao, chen}) enroll(person, tea);
    enroll(bao, song);
    enroll(bao, chess);
    cancel(ann, tea);
    EXPECT_EQ(place(bao, tea), Place::waiting);
    EXPECT_EQ(place(chen, tea), Place::offered);
    EXPECT_EQ(rank(bao, tea).passed_over_for, PassedOverFor::personal_cap_reached);
}

TEST_F(EveningSchool, LooksAgainAtWhoMovesIntoTheUnionThatAClassIsFor)
{
    Eligibility for_village;
    for_village.organisation_id = training.tree.village;
    const auto song = training.open(2, campaign, 1, evening(8), for_village);
    training.transfer(ann, training.tree.factory, training.tree.village);
    training.transfer(bao, training.tree.factory, training.tree.village);
    enroll(ann, song);
    enroll(bao, song);
    training.transfer(bao, training.tree.village, training.tree.factory);
    cancel(ann, song);
    EXPECT_EQ(rank(bao, song).passed_over_for, PassedOverFor::not_eligible);
    training.transfer(bao, training.tree.factory, training.tree.village);
    EXPECT_EQ(place(bao, song), Place::offered);
}

TEST_F(EveningSchool, LooksAgainWhenATownshipTakesInAUnion)
{
    Eligibility for_other_township;
    for_other_township.organisation_id = training.tree.other_township;
    const auto song = training.open(2, campaign, 1, evening(8), for_other_township);
    training.transfer(ann, training.tree.factory, training.tree.village);
    enroll(ann, song);
    training.transfer(bao, training.tree.factory, training.tree.village);
    enroll(bao, song);
    training.transfer(bao, training.tree.village, training.tree.factory);
    cancel(ann, song);
    EXPECT_EQ(place(bao, song), Place::waiting);
    registration::OrganisationMoved moved{};
    moved.organisation_id = training.tree.factory;
    moved.parent_id = training.tree.other_township;
    moved.at = training.now;
    training.apply(moved);
    EXPECT_EQ(place(bao, song), Place::offered);
}

TEST_F(EveningSchool, ShowsOfficersWhoIsInAndMembersWhereTheyStand)
{
    for (const auto& person : {ann, bao, chen}) enroll(person, tea);
    const auto service = TrainingUnderTest::service_actor();
    ClassRoster query{campaign, tea, std::nullopt, std::nullopt, std::nullopt};
    auto entries = training.answer(query, service).entries;
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries.front().person_id, ann);
    query.state = PlaceState::waiting;
    query.limit = 1;
    entries = training.answer(query, service).entries;
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries.front().person_id, bao);
    query.after_number = entries.front().number;
    EXPECT_EQ(training.answer(query, service).entries.front().person_id, chen);

    const auto status = training.answer(CampaignStatus{campaign}, worker(ann));
    ASSERT_EQ(status.classes.size(), 1U);
    EXPECT_EQ(status.classes.front().taken, 1);
    EXPECT_EQ(status.classes.front().waiting, 2);
    ASSERT_TRUE(status.classes.front().sessions.has_value());
    EXPECT_EQ(status.classes.front().sessions->size(), 1U);

    const auto menu = training.answer(Campaigns{std::nullopt}, worker(ann));
    ASSERT_EQ(menu.campaigns.size(), 1U);
    EXPECT_EQ(menu.campaigns.front().campaign_id, campaign);
    EXPECT_EQ(menu.campaigns.front().classes, 1);
    EXPECT_TRUE(training.answer(Campaigns{status.closes_at}, worker(ann)).campaigns.empty());

    cancel(ann, tea);
    const auto mine = training.answer(MyEnrollments{bao}, worker(bao));
    ASSERT_EQ(mine.enrollments.size(), 1U);
    EXPECT_EQ(mine.enrollments.front().state, PlaceState::offered);
    EXPECT_EQ(mine.enrollments.front().expires_at, training.now + hours(24));
    ASSERT_TRUE(mine.enrollments.front().sessions.has_value());
    EXPECT_EQ(mine.enrollments.front().sessions->front().starts_at, mine.enrollments.front().starts_at);
}

TEST_F(EveningSchool, ListsTheCoursesThatAClassCanBeOpenedFor)
{
    const auto courses = training.answer(Courses{}, worker(ann)).courses;
    ASSERT_EQ(courses.size(), 1U);
    EXPECT_EQ(courses.front().course_id, test_id<CourseId>(1));
}

TEST_F(EveningSchool, NamesTheFieldsThatACommandLacks)
{
    codec::Parser parser;
    codec::Writer out;
    out.map(0);
    const auto bytes = out.take();
    messaging::Request request;
    request.type = Enroll::type;
    request.data = parser.parse(bytes).value();
    struct Nothing final : messaging::Recorder {
        void append(std::string_view, std::string_view, bool, BytesView) override {}
        codec::Writer& scratch() override { return writer; }
        void once_committed(std::function<void()> effect) override { effect(); }
        codec::Writer writer;
    } recorder;
    SeededRandom random{1};
    const messaging::Context context{training.now, worker(ann), Uuid{}, {}, random};
    const auto reply = training.handlers.command(request, nullptr, context, recorder);
    EXPECT_EQ(reply.outcome, Outcome::invalid);
    EXPECT_EQ(reply.errors.size(), 3U);
}

}  // namespace
}  // namespace gonghui::training
