// Whole evenings through the handlers: what people are answered, what others learn, what the log and the tables say.

#include "services/matchmaking/app/district_test.hpp"

#include <gtest/gtest.h>

namespace gonghui::matchmaking {
namespace {

using namespace examples;
using messaging::Outcome;

class Evening : public testing::Test {
protected:
    Evening() { settle_tree(district); }

    // Men are odd, women even.
    void arrive(std::initializer_list<int> people)
    {
        for (const int number : people) {
            district.single(number, number % 2 == 1 ? Side::male : Side::female);
            district.signs_up(number);
            ASSERT_EQ(district.scans(district.code_of(number)).outcome, Outcome::accepted);
        }
    }
    void open() { district.ask(OpenChoosing{.evening_id = district.tonight, .closes_at = {}}, officer()); }
    void close() { district.ask(CloseChoosing{.evening_id = district.tonight}, officer()); }

    District district;
};

TEST_F(Evening, GivesMutualYesTheNamesAndContactsAndNobodyElse)
{
    district.plans_tonight(24);
    arrive({1, 2, 3, 4});
    open();
    district.chooses(1, 2);
    district.chooses(2, 1);
    district.chooses(3, 2);
    district.chooses(4, 1);
    close();

    const auto results = district.results_of(1);
    ASSERT_EQ(results.couples.size(), 1U);
    EXPECT_EQ(results.couples[0].person_id, person(2));
    EXPECT_EQ(results.couples[0].name, Personal("name 2"));
    EXPECT_EQ(results.couples[0].contact, Personal("contact 2"));
    EXPECT_EQ(district.results_of(2).couples[0].contact, Personal("contact 1"));
    EXPECT_TRUE(district.results_of(3).couples.empty());
    EXPECT_TRUE(district.results_of(4).couples.empty());
    EXPECT_EQ(district.log.count(ResultReady::dataschema), 4);
}

// Everything that anybody but the chooser can see: each answer to each query, and the public part of the log.
std::vector<std::string> seen_by_all(District& district)
{
    std::vector<std::string> seen;
    const auto keep = [&](const messaging::Reply& reply) {
        seen.push_back(reply.code + std::string(as_text(reply.data)));
    };
    for (const int number : {1, 2, 3, 4}) {
        keep(district.ask(MyEvening{district.tonight, person(number)}, worker(number)));
        keep(district.ask(MyResults{district.tonight, person(number)}, worker(number)));
        keep(district.ask(MyProfile{person(number)}, worker(number)));
        keep(district.ask(Browse{person(number), {}, {}}, worker(number)));
        keep(district.ask(HeldAbout{person(number), {}}, worker(number)));
    }
    keep(district.ask(EveningStatus{district.tonight}, officer()));
    for (const auto& event : district.log.events)
        seen.push_back(event.dataschema + event.subject + (event.is_private ? "" : std::string(as_text(event.data))));
    return seen;
}

TEST_F(Evening, AOneSidedYesCannotBeToldFromANo)
{
    std::vector<std::vector<std::string>> worlds;
    for (const bool wants : {true, false}) {
        District world;
        settle_tree(world);
        world.plans_tonight(24);
        for (const int number : {1, 2, 3, 4}) {
            world.single(number, number % 2 == 1 ? Side::male : Side::female);
            world.signs_up(number);
            world.scans(world.code_of(number));
        }
        world.ask(OpenChoosing{.evening_id = world.tonight, .closes_at = {}}, officer());
        world.chooses(1, 2);
        world.chooses(2, 1);
        std::vector<std::string> seen{std::string(as_text(world.chooses(3, 2, wants).data))};
        // While choosing is open, by those about whom and beside whom was chosen.
        for (const int other : {1, 2, 4}) {
            seen.push_back(
                std::string(as_text(world.ask(MyEvening{world.tonight, person(other)}, worker(other)).data)));
            seen.push_back(std::string(as_text(world.ask(HeldAbout{person(other), {}}, worker(other)).data)));
        }
        world.ask(CloseChoosing{.evening_id = world.tonight}, officer());
        const auto after = seen_by_all(world);
        seen.insert(seen.end(), after.begin(), after.end());
        worlds.push_back(std::move(seen));
    }
    EXPECT_EQ(worlds[0], worlds[1]);
}

TEST_F(Evening, AChoiceCanBeChangedUntilItCloses)
{
    district.plans_tonight(24);
    arrive({1, 2});
    open();
    district.chooses(1, 2);
    district.chooses(2, 1);
    district.chooses(2, 1, false);
    EXPECT_EQ(district.evening_of(2).choosable.at(0).wants, false);
    EXPECT_EQ(district.evening_of(1).choosable.at(0).wants, true);
    close();
    EXPECT_EQ(district.chooses(2, 1).code, refusal::choosing_not_open);
    EXPECT_TRUE(district.results_of(1).couples.empty());
}

TEST_F(Evening, ClosesByItselfInTime)
{
    district.plans_tonight(24);
    arrive({1, 2});
    open();
    district.chooses(1, 2);
    district.chooses(2, 1);
    district.time += std::chrono::hours(2);
    district.fire_due_timers();
    EXPECT_EQ(district.log.count(ChoosingClosed::dataschema), 0);
    district.time += std::chrono::hours(1);
    district.fire_due_timers();
    EXPECT_EQ(district.log.count(ChoosingClosed::dataschema), 1);
    EXPECT_EQ(district.results_of(1).couples.size(), 1U);
    district.fire_due_timers();
    EXPECT_EQ(district.log.count(ChoosingClosed::dataschema), 1);
}

TEST_F(Evening, TheBlockedNeverSeeEachOther)
{
    district.plans_tonight(24);
    arrive({1, 2, 4});
    open();
    district.chooses(1, 2);
    district.chooses(2, 1);
    district.ask(BlockPerson{BlockId(uuid(50)), person(2), person(1)}, worker(2));

    for (const auto& [asker, other] : {std::pair(1, 2), std::pair(2, 1)}) {
        for (const auto& one : district.evening_of(asker).choosable) EXPECT_NE(one.person_id, person(other));
        for (const auto& one : district.answer(Browse{person(asker), {}, {}}, worker(asker)).profiles)
            EXPECT_NE(one.person_id, person(other));
        EXPECT_EQ(district.chooses(asker, other).code, refusal::not_choosable);
    }
    close();
    EXPECT_TRUE(district.results_of(1).couples.empty());
    EXPECT_TRUE(district.results_of(2).couples.empty());
}

TEST_F(Evening, ABlockAfterwardsTakesTheResultBack)
{
    district.plans_tonight(24);
    arrive({1, 2});
    open();
    district.chooses(1, 2);
    district.chooses(2, 1);
    close();
    district.ask(BlockPerson{BlockId(uuid(50)), person(2), person(1)}, worker(2));
    EXPECT_TRUE(district.results_of(1).couples.empty());
}

TEST_F(Evening, ContactsPassOnlyWhileBothConsent)
{
    district.plans_tonight(24);
    arrive({1, 2});
    open();
    district.chooses(1, 2);
    district.chooses(2, 1);
    close();
    district.ask(WithdrawConsent{.person_id = person(2), .purpose = Purpose::contacts}, worker(2));
    ASSERT_EQ(district.results_of(1).couples.size(), 1U);
    EXPECT_EQ(district.results_of(1).couples[0].contact, std::nullopt);
    EXPECT_EQ(district.results_of(1).couples[0].name, std::nullopt);
    EXPECT_EQ(district.results_of(2).couples[0].contact, std::nullopt);
}

TEST_F(Evening, ACodeLetsOneInOnce)
{
    district.plans_tonight(24);
    district.single(1, Side::male);
    district.signs_up(1);
    const auto code = district.evening_of(1).code;
    ASSERT_TRUE(code.has_value());
    EXPECT_EQ(district.evening_of(1).code, code);
    EXPECT_EQ(district.scans("0000-0000").code, refusal::wrong_code);
    EXPECT_EQ(district.scans(*code).outcome, Outcome::accepted);
    EXPECT_EQ(district.scans(*code).code, refusal::already_checked_in);
    EXPECT_EQ(district.evening_of(1).code, std::nullopt);
    EXPECT_EQ(district.evening_of(1).badge, 1);
}

TEST_F(Evening, ChoosingNeedsTheDoor)
{
    district.plans_tonight(24);
    arrive({1, 2});
    district.single(4, Side::female);
    district.signs_up(4);
    open();
    EXPECT_EQ(district.chooses(4, 1).code, refusal::not_checked_in);
    EXPECT_EQ(district.chooses(1, 4).code, refusal::not_choosable);
    EXPECT_EQ(district.evening_of(1).choosable.size(), 1U);
}

TEST_F(Evening, WhoLeavesTheUnionMakesRoomAtOnce)
{
    district.plans_tonight(1);
    for (const int man : {1, 3, 5}) {
        district.single(man, Side::male);
        district.signs_up(man);
    }
    EXPECT_EQ(district.evening_of(5).rank, 2);
    district.leaves(1);
    EXPECT_EQ(district.evening_of(3).state, MyEveningState::taken);
    EXPECT_EQ(district.evening_of(5).rank, 1);
    EXPECT_EQ(district.log.count(DeclarationLapsed::dataschema), 1);
    EXPECT_EQ(district.log.count(ProfileWithdrawn::dataschema), 1);
    EXPECT_EQ(district.log.count(SignUpCancelled::dataschema), 1);
    EXPECT_EQ(district.log.count(SignUpPromoted::dataschema), 1);
    EXPECT_EQ(district.signs_up(1).code, refusal::no_member);
}

TEST_F(Evening, WhoIsNoLongerInWorkLosesPlaceAndProfile)
{
    district.plans_tonight(1);
    district.single(1, Side::male);
    district.signs_up(1);
    registration::MemberRetained retained;
    retained.person_id = person(1);
    district.happens(retained);
    EXPECT_EQ(district.evening_of(1).state, MyEveningState::none);
    EXPECT_EQ(district.signs_up(1).code, refusal::not_in_work);
}

TEST_F(Evening, ARebuildDoesNotReact)
{
    district.plans_tonight(1);
    district.single(1, Side::male);
    district.signs_up(1);
    district.leaves(1);
    district.time += std::chrono::hours(1);
    EXPECT_EQ(district.tables(), district.replayed_tables());
}

TEST_F(Evening, TheStoreEqualsTheReplayOfItsLogs)
{
    district.plans_tonight(2);
    arrive({1, 2, 3, 4});
    for (const int number : {5, 7, 6}) {
        district.single(number, number % 2 == 1 ? Side::male : Side::female);
        district.signs_up(number);
    }
    district.ask(CancelSignUp{district.tonight, person(3)}, worker(3));
    open();
    district.chooses(1, 2);
    district.chooses(2, 1);
    district.chooses(4, 1);
    district.ask(BlockPerson{BlockId(uuid(50)), person(6), person(1)}, worker(6));
    ReportPerson report;
    report.report_id = ReportId(uuid(51));
    report.person_id = person(4);
    report.reported_id = person(1);
    report.note = Personal("not single");
    district.ask(report, worker(4));
    EXPECT_EQ(district.tables(), district.replayed_tables());

    close();
    district.ask(WithdrawProfile{person(2)}, worker(2));
    district.ask(WithdrawDeclaration{person(7)}, worker(7));
    district.leaves(1);
    EXPECT_EQ(district.tables(), district.replayed_tables());
    for (const int number : {1, 4, 6}) district.erases(number);
    EXPECT_EQ(district.tables(), district.replayed_tables());
    EXPECT_NE(district.tables(), District().tables());
}

}  // namespace
}  // namespace gonghui::matchmaking
