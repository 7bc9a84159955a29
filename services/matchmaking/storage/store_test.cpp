#include "services/matchmaking/storage/store.hpp"

#include "common/messaging/timers.hpp"
#include "services/matchmaking/domain/examples_test.hpp"
#include "services/matchmaking/storage/evolve.hpp"

#include <gtest/gtest.h>

namespace gonghui::matchmaking {
namespace {

using namespace examples;

const EveningId tonight(uuid(600));
const OrganisationId guild(uuid(800));

class Store : public testing::Test {
protected:
    Store()
    {
        sqlite::migrate(database, "timers", messaging::timers_migrations());
        migrate(database);
    }

    void joins(int number, registration::Sex sex)
    {
        registration::MemberJoined event;
        event.person_id = person(number);
        event.organisation_id = guild;
        event.sex = sex;
        event.birth_year = 1995;
        evolve(store, event);
    }

    void publishes(int number, Side sex, std::vector<ProfileField> visible = {ProfileField::nickname})
    {
        ProfilePublished event;
        event.person_id = person(number);
        event.sex = sex;
        event.birth_year = 1995;
        event.nickname = Sealed{{std::byte(number)}};
        event.visible = std::move(visible);
        evolve(store, event);
    }

    void planned()
    {
        evolve(store, EveningPlanned{.evening_id = tonight,
                                     .organisation_id = guild,
                                     .title_zh = "桌游之夜",
                                     .title_en = "Board games",
                                     .venue = "Hall 1",
                                     .starts_at = now,
                                     .ends_at = now + std::chrono::hours(3),
                                     .sign_up_until = now + std::chrono::hours(1),
                                     .capacity_male = 1,
                                     .capacity_female = 1,
                                     .at = now});
    }

    void takes(int number, Side side) { evolve(store, SignedUp{tonight, person(number), side, now}); }
    void waits(int number, Side side) { evolve(store, SignUpWaitlisted{tonight, person(number), side, 1, now}); }
    void arrives(int number, Side side, std::int64_t badge)
    {
        evolve(store, CheckedIn{tonight, person(number), side, badge, now});
    }
    void blocks(int blocker, int blocked)
    {
        evolve(store, PersonBlocked{BlockId(uuid(blocker)), person(blocker), person(blocked), now});
    }

    sqlite::Database database{":memory:"};
    MatchmakingStore store{database};
};

TEST_F(Store, KnowsWhoIsAMemberAndInWork)
{
    EXPECT_FALSE(store.participant(person(1)).member.has_value());
    EXPECT_FALSE(store.is_known(person(1)));
    joins(1, registration::Sex::female);
    EXPECT_EQ(store.participant(person(1)).member->side, Side::female);
    EXPECT_TRUE(store.participant(person(1)).member->is_active);

    evolve(store, registration::MemberRetained{.person_id = person(1), .reason = {}, .at = now});
    EXPECT_TRUE(store.participant(person(1)).member->is_retained);
    evolve(store, registration::MemberRestored{.person_id = person(1), .organisation_id = guild, .at = now});
    EXPECT_FALSE(store.participant(person(1)).member->is_retained);
    evolve(store, registration::MemberLeft{.person_id = person(1), .organisation_id = guild, .reason = {}, .at = now});
    EXPECT_FALSE(store.participant(person(1)).member->is_active);
    EXPECT_TRUE(store.is_known(person(1)));
}

TEST_F(Store, KeepsTheTreeAndItsRoles)
{
    registration::OrganisationFounded founded;
    founded.organisation_id = guild;
    evolve(store, founded);
    EXPECT_FALSE(store.standing(officer(), guild.uuid).holds_role);
    evolve(store, registration::RoleGranted{.person_id = PersonId(officer().person),
                                            .role = registration::Office::officer,
                                            .place_id = guild,
                                            .at = now});
    EXPECT_TRUE(store.standing(officer(), guild.uuid).holds_role);
    EXPECT_TRUE(store.standing(officer(), guild.uuid).covers_target);
    EXPECT_FALSE(store.standing(officer(), uuid(801)).covers_target);
}

TEST_F(Store, KeepsDeclarationAndConsents)
{
    evolve(store, SingleDeclared{DeclarationId(uuid(1)), person(1), 1, now});
    evolve(store, ConsentGiven{person(1), Purpose::evenings, now});
    EXPECT_EQ(store.participant(person(1)).declared_by, DeclarationId(uuid(1)));
    EXPECT_EQ(store.participant(person(1)).consents, (Consents{.profile = false, .evenings = true, .contacts = false}));
    evolve(store, ConsentWithdrawn{person(1), Purpose::evenings, now});
    evolve(store, DeclarationLapsed{DeclarationId(uuid(1)), person(1), now});
    EXPECT_EQ(store.participant(person(1)).declared_by, std::nullopt);
    EXPECT_EQ(store.participant(person(1)).consents, Consents{});
}

TEST_F(Store, ReadsAProfileBackWithWhatWasTicked)
{
    publishes(1, Side::female, {ProfileField::nickname, ProfileField::wishes});
    const auto profile = store.profile(person(1));
    ASSERT_TRUE(profile.has_value());
    EXPECT_EQ(profile->visible, (std::vector{ProfileField::nickname, ProfileField::wishes}));
    EXPECT_TRUE(profile->shows(ProfileField::wishes));
    EXPECT_FALSE(profile->shows(ProfileField::about));
    evolve(store, ProfileWithdrawn{person(1), ProfileEnd::self, now});
    EXPECT_FALSE(store.profile(person(1)).has_value());
}

TEST_F(Store, ShowsProfilesOfOneSideInPagesWithoutTheBlocked)
{
    for (const int woman : {2, 4, 6, 8}) publishes(woman, Side::female);
    publishes(3, Side::male);
    blocks(1, 4);
    blocks(6, 1);
    const auto first = store.profiles(Side::female, person(1), std::nullopt, 1);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].person, person(2));
    const auto rest = store.profiles(Side::female, person(1), person(2), 10);
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest[0].person, person(8));
}

TEST_F(Store, KeepsTheLineInTheOrderOfArrival)
{
    planned();
    takes(1, Side::male);
    waits(5, Side::male);
    waits(3, Side::male);
    takes(2, Side::female);
    EXPECT_EQ(store.load(tonight, Side::male).taken, 1);
    EXPECT_EQ(store.load(tonight, Side::male).waiting, 2);
    EXPECT_EQ(store.seat(tonight, person(1))->next_in_line, person(5));
    EXPECT_EQ(store.own_seat(tonight, person(3))->rank, 2);

    evolve(store, SignUpCancelled{tonight, person(1), Side::male, true, SignUpEnd::self, now});
    evolve(store, SignUpPromoted{tonight, person(5), Side::male, now});
    EXPECT_FALSE(store.seat(tonight, person(1)).has_value());
    EXPECT_EQ(store.seat(tonight, person(5))->state, SeatState::taken);
    EXPECT_EQ(store.own_seat(tonight, person(3))->rank, 1);
}

TEST_F(Store, GivesNobodyTheBadgeOfOneWhoLeft)
{
    planned();
    takes(1, Side::male);
    EXPECT_EQ(store.next_badge(tonight, Side::male), 1);
    arrives(1, Side::male, 1);
    evolve(store, SignUpCancelled{tonight, person(1), Side::male, true, SignUpEnd::self, now});
    EXPECT_EQ(store.next_badge(tonight, Side::male), 2);
    EXPECT_EQ(store.next_badge(tonight, Side::female), 1);
}

TEST_F(Store, HoldingsAreWhatIsNotClosedYet)
{
    planned();
    takes(1, Side::male);
    EXPECT_EQ(store.holdings(person(1)).seats.size(), 1U);
    evolve(store, ChoosingOpened{tonight, now + std::chrono::hours(1), now});
    EXPECT_EQ(store.holdings(person(1)).seats.size(), 1U);
    evolve(store, ChoosingClosed{tonight, 0, now});
    EXPECT_TRUE(store.holdings(person(1)).seats.empty());
}

TEST_F(Store, ChoosingSetsATimerAndClosingClearsIt)
{
    planned();
    evolve(store, ChoosingOpened{tonight, now + std::chrono::hours(1), now});
    EXPECT_EQ(messaging::Timers(database).next_due(), now + std::chrono::hours(1));
    EXPECT_EQ(store.evening(tonight)->state, EveningState::choosing);
    evolve(store, ChoosingClosed{tonight, 0, now});
    EXPECT_EQ(messaging::Timers(database).next_due(), std::nullopt);
    EXPECT_EQ(store.stored_evening(tonight)->couples, 0);
}

TEST_F(Store, ChoosableAreThoseOfTheOtherSideWhoAreThereWithTheAskersChoice)
{
    planned();
    takes(1, Side::male);
    for (const int woman : {2, 4, 6}) takes(woman, Side::female);
    arrives(1, Side::male, 1);
    arrives(2, Side::female, 1);
    arrives(4, Side::female, 2);
    evolve(store, ChoiceMade{tonight, person(1), person(2), true, now});
    evolve(store, ChoiceMade{tonight, person(1), person(2), false, now});
    evolve(store, ChoiceMade{tonight, person(4), person(1), true, now});
    const auto seen = store.choosable(tonight, Side::female, person(1));
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0].wanted, false);
    EXPECT_EQ(seen[1].wanted, std::nullopt);  // her yes to him is not his to see

    blocks(4, 1);
    EXPECT_EQ(store.choosable(tonight, Side::female, person(1)).size(), 1U);
    EXPECT_TRUE(store.choosable(tonight, Side::male, person(4)).empty());
    EXPECT_EQ(store.blocks_at(tonight).size(), 1U);
}

TEST_F(Store, ChoicesEndWithTheEveningAndWithTheOneWhoLeaves)
{
    planned();
    for (const int woman : {2, 4}) takes(woman, Side::female);
    evolve(store, ChoiceMade{tonight, person(1), person(2), true, now});
    evolve(store, ChoiceMade{tonight, person(4), person(1), true, now});
    EXPECT_EQ(store.wanted(tonight).size(), 2U);
    evolve(store, SignUpCancelled{tonight, person(2), Side::female, true, SignUpEnd::self, now});
    EXPECT_EQ(store.wanted(tonight).size(), 1U);
    evolve(store, ChoosingClosed{tonight, 0, now});
    EXPECT_TRUE(store.wanted(tonight).empty());
}

TEST_F(Store, OfTheChoicesOnlyAMutualYesOutlivesTheEvening)
{
    planned();
    evolve(store, ChoiceMade{tonight, person(1), person(2), true, now});
    evolve(store, ChoiceMade{tonight, person(2), person(1), true, now});
    evolve(store, ChoiceMade{tonight, person(3), person(2), true, now});
    evolve(store, ChoiceMade{tonight, person(2), person(3), false, now});
    evolve(store, ChoosingClosed{tonight, 1, now});
    EXPECT_EQ(database.value<int>("SELECT count(*) FROM choices"), 2);
    EXPECT_EQ(store.wanted(tonight).size(), 2U);
}

TEST_F(Store, ACoupleIsSeenByItsTwoUntilOneBlocks)
{
    planned();
    takes(1, Side::male);
    takes(2, Side::female);
    arrives(1, Side::male, 1);
    arrives(2, Side::female, 7);
    evolve(store, CoupleRevealed{tonight, person(1), person(2), now});
    ASSERT_EQ(store.couples_of(tonight, person(1)).size(), 1U);
    EXPECT_EQ(store.couples_of(tonight, person(1))[0].badge, 7);
    EXPECT_EQ(store.couples_of(tonight, person(2))[0].person, person(1));
    EXPECT_TRUE(store.couples_of(tonight, person(3)).empty());
    blocks(2, 1);
    EXPECT_TRUE(store.couples_of(tonight, person(1)).empty());
    EXPECT_TRUE(store.couples_of(tonight, person(2)).empty());
}

TEST_F(Store, ListsReportsTheLatestFirst)
{
    PersonReported report;
    report.reporter_id = person(1);
    report.reported_id = person(2);
    for (const int number : {1, 2, 3}) {
        report.report_id = ReportId(uuid(number));
        report.at = now + std::chrono::minutes(number);
        evolve(store, report);
    }
    EXPECT_EQ(store.reports(std::nullopt, 2).front().id, ReportId(uuid(3)));
    EXPECT_EQ(store.reports(now + std::chrono::minutes(2), 10).size(), 1U);
    EXPECT_TRUE(store.has_report(ReportId(uuid(2))));
}

}  // namespace
}  // namespace gonghui::matchmaking
