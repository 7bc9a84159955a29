// From the plan of an evening to the badge: places, the line, the door.

#include "services/matchmaking/domain/cancel_sign_up.hpp"
#include "services/matchmaking/domain/check_in.hpp"
#include "services/matchmaking/domain/examples_test.hpp"
#include "services/matchmaking/domain/on_membership.hpp"
#include "services/matchmaking/domain/plan_evening.hpp"
#include "services/matchmaking/domain/sign_up.hpp"
#include "services/matchmaking/domain/withdraw_consent.hpp"
#include "services/matchmaking/domain/withdraw_declaration.hpp"
#include "services/matchmaking/domain/withdraw_profile.hpp"

#include <gtest/gtest.h>

namespace gonghui::matchmaking {
namespace {

using namespace examples;

PlanEvening plan()
{
    PlanEvening command;
    command.evening_id = EveningId(uuid(600));
    command.organisation_id = OrganisationId(uuid(800));
    command.title_zh = "桌游之夜";
    command.title_en = "Board games";
    command.starts_at = now + std::chrono::hours(2);
    command.ends_at = now + std::chrono::hours(5);
    command.sign_up_until = now + std::chrono::hours(1);
    command.capacity_male = command.capacity_female = 24;
    return command;
}

TEST(PlanEvening, IsForThoseInChargeOfTheUnion)
{
    EXPECT_TRUE(plan_evening({in_charge, false}, plan(), officer(), now).has_value());
    EXPECT_EQ(plan_evening({self, false}, plan(), officer(), now).error().code, refusal::not_permitted);
    EXPECT_EQ(plan_evening({self, false}, plan(), worker(1), now).error().code, refusal::not_permitted);
}

TEST(PlanEvening, RefusesTimesOutOfOrder)
{
    auto backwards = plan();
    backwards.ends_at = backwards.starts_at;
    EXPECT_EQ(plan_evening({in_charge, false}, backwards, officer(), now).error().code, refusal::times_out_of_order);
    auto past = plan();
    past.sign_up_until = now;
    EXPECT_EQ(plan_evening({in_charge, false}, past, officer(), now).error().code, refusal::times_out_of_order);
}

TEST(PlanEvening, RefusesAnIdThatIsTaken)
{
    EXPECT_EQ(plan_evening({in_charge, true}, plan(), officer(), now).error().code, refusal::already_planned);
}

SignUpFacts facts(SideLoad load)
{
    return {.standing = self,
            .participant = within_the_gate(Side::male),
            .evening = evening(),
            .signed_up = false,
            .load = load};
}

const SignUp command{.evening_id = EveningId(uuid(600)), .person_id = person(1)};

TEST(SignUp, TakesAPlaceWhileThereIsOne)
{
    const auto decided = sign_up(facts({.taken = 1, .waiting = 0}), command, worker(1), now);
    ASSERT_TRUE(decided.has_value());
    EXPECT_EQ(std::get<SignedUp>(decided->front()).side, Side::male);
}

TEST(SignUp, WaitsWhenTheSideIsFull)
{
    const auto decided = sign_up(facts({.taken = 2, .waiting = 3}), command, worker(1), now);
    ASSERT_TRUE(decided.has_value());
    EXPECT_EQ(std::get<SignUpWaitlisted>(decided->front()).rank, 4);
}

TEST(SignUp, NobodyOvertakesWhoWaits)
{
    const auto decided = sign_up(facts({.taken = 1, .waiting = 1}), command, worker(1), now);
    EXPECT_TRUE(std::holds_alternative<SignUpWaitlisted>(decided->front()));
}

TEST(SignUp, IsRefusedOutsideTheGateWithoutProfileAndTwice)
{
    auto no_consent = facts({});
    no_consent.participant.consents.evenings = false;
    EXPECT_EQ(sign_up(no_consent, command, worker(1), now).error().code, refusal::no_consent);
    auto no_profile = facts({});
    no_profile.participant.has_profile = false;
    EXPECT_EQ(sign_up(no_profile, command, worker(1), now).error().code, refusal::no_profile);
    auto twice = facts({});
    twice.signed_up = true;
    EXPECT_EQ(sign_up(twice, command, worker(1), now).error().code, refusal::already_signed_up);
}

TEST(SignUp, EndsWhenItIsOver)
{
    const auto late = facts({}).evening->sign_up_until;
    EXPECT_TRUE(sign_up(facts({}), command, worker(1), late).has_value());
    EXPECT_EQ(sign_up(facts({}), command, worker(1), late + Duration(1)).error().code, refusal::sign_up_over);
}

TEST(CancelSignUp, GivesThePlaceToTheNextInLineAtOnce)
{
    const auto mine = seat(1, Side::male, SeatState::taken, person(2));
    const auto decided = cancel_sign_up({self, evening(), mine}, {EveningId(uuid(600)), person(1)}, worker(1), now);
    ASSERT_EQ(decided->size(), 2U);
    EXPECT_TRUE(std::get<SignUpCancelled>(decided->at(0)).had_place);
    EXPECT_EQ(std::get<SignUpPromoted>(decided->at(1)).person_id, person(2));
}

TEST(CancelSignUp, OfOneWhoWaitsPromotesNobody)
{
    const auto mine = seat(1, Side::male, SeatState::waiting, person(2));
    const auto decided = cancel_sign_up({self, evening(), mine}, {EveningId(uuid(600)), person(1)}, worker(1), now);
    ASSERT_EQ(decided->size(), 1U);
    EXPECT_FALSE(std::get<SignUpCancelled>(decided->front()).had_place);
}

TEST(CancelSignUp, PromotesNobodyIntoAnEveningThatIsOver)
{
    const auto mine = seat(1, Side::male, SeatState::taken, person(2));
    const auto decided =
        cancel_sign_up({self, evening(), mine}, {EveningId(uuid(600)), person(1)}, worker(1), evening().ends_at);
    EXPECT_EQ(decided->size(), 1U);
}

TEST(CancelSignUp, IsTooLateOnceTheCouplesAreFound)
{
    const auto closed = evening(EveningState::closed);
    auto mine = seat(1, Side::male, SeatState::checked_in);
    mine.evening = closed;
    const auto decided = cancel_sign_up({self, closed, mine}, {EveningId(uuid(600)), person(1)}, worker(1), now);
    EXPECT_EQ(decided.error().code, refusal::evening_over);
}

Holdings held()
{
    return {.participant = within_the_gate(Side::male),
            .seats = {seat(1, Side::male, SeatState::taken, person(2)), seat(1, Side::male, SeatState::waiting)}};
}

template <class T>
int count(const Events& events)
{
    int found = 0;
    for (const auto& event : events) found += std::holds_alternative<T>(event) ? 1 : 0;
    return found;
}

TEST(MembershipEnded, TakesEverythingAndPassesThePlacesOn)
{
    const auto events = on_membership_ended(held(), person(1), now);
    EXPECT_EQ(count<DeclarationLapsed>(events), 1);
    EXPECT_EQ(count<ProfileWithdrawn>(events), 1);
    EXPECT_EQ(count<SignUpCancelled>(events), 2);
    EXPECT_EQ(count<SignUpPromoted>(events), 1);
}

TEST(MembershipEnded, OfAStrangerMeansNothing)
{
    EXPECT_TRUE(on_membership_ended({}, person(1), now).empty());
}

TEST(OutOfWork, LeavesTheDeclarationStanding)
{
    const auto events = on_out_of_work(held(), person(1), now);
    EXPECT_EQ(count<DeclarationLapsed>(events), 0);
    EXPECT_EQ(count<ProfileWithdrawn>(events), 1);
    EXPECT_EQ(count<SignUpCancelled>(events), 2);
}

TEST(WithdrawDeclaration, TakesProfileAndSignUpsWithIt)
{
    const auto decided = withdraw_declaration({self, held()}, {.person_id = person(1)}, worker(1), now);
    EXPECT_EQ(count<DeclarationLapsed>(*decided), 1);
    EXPECT_EQ(count<ProfileWithdrawn>(*decided), 1);
    EXPECT_EQ(count<SignUpCancelled>(*decided), 2);
}

TEST(WithdrawConsent, TakesWhatRestedOnIt)
{
    const auto without = [](Purpose purpose) {
        return *withdraw_consent({self, held()}, {.person_id = person(1), .purpose = purpose}, worker(1), now);
    };
    EXPECT_EQ(count<ProfileWithdrawn>(without(Purpose::profile)), 1);
    EXPECT_EQ(count<SignUpCancelled>(without(Purpose::profile)), 2);
    EXPECT_EQ(count<ProfileWithdrawn>(without(Purpose::evenings)), 0);
    EXPECT_EQ(count<SignUpCancelled>(without(Purpose::evenings)), 2);
    EXPECT_EQ(without(Purpose::contacts).size(), 1U);
}

TEST(WithdrawConsent, WorksForOneWhoIsNoMemberAnyMore)
{
    auto gone = held();
    gone.participant.member->is_active = false;
    EXPECT_TRUE(withdraw_consent({self, gone}, {.person_id = person(1), .purpose = Purpose::profile}, worker(1), now));
}

TEST(WithdrawProfile, GivesUpTheSignUpsToo)
{
    const auto decided = withdraw_profile({self, held()}, {.person_id = person(1)}, worker(1), now);
    EXPECT_EQ(count<ProfileWithdrawn>(*decided), 1);
    EXPECT_EQ(count<SignUpCancelled>(*decided), 2);
}

CheckInFacts at_the_door(std::optional<SeatState> state)
{
    CheckInFacts facts{.standing = in_charge,
                       .evening = evening(),
                       .holder = std::nullopt,
                       .next_badge_male = 7,
                       .next_badge_female = 3};
    if (state) facts.holder = CodeHolder{.person = person(1), .side = Side::female, .state = *state};
    return facts;
}

const CheckIn scan{.evening_id = EveningId(uuid(600)), .code = "ABCD-EFGH"};

TEST(CheckIn, GivesTheNextBadgeOfTheSide)
{
    const auto decided = check_in(at_the_door(SeatState::taken), scan, officer(), now);
    ASSERT_TRUE(decided.has_value());
    EXPECT_EQ(decided->person_id, person(1));
    EXPECT_EQ(decided->badge, 3);
}

TEST(CheckIn, TakesACodeOnce)
{
    EXPECT_EQ(check_in(at_the_door(SeatState::checked_in), scan, officer(), now).error().code,
              refusal::already_checked_in);
}

TEST(CheckIn, OpensForNoOtherCode)
{
    EXPECT_EQ(check_in(at_the_door(std::nullopt), scan, officer(), now).error().code, refusal::wrong_code);
    EXPECT_EQ(check_in(at_the_door(SeatState::waiting), scan, officer(), now).error().code, refusal::wrong_code);
}

TEST(CheckIn, IsDoneAtTheDoorAndNotAtHome)
{
    EXPECT_EQ(check_in(at_the_door(SeatState::taken), scan, worker(1), now).error().code, refusal::not_permitted);
}

}  // namespace
}  // namespace gonghui::matchmaking
