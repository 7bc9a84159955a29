// Secret choices and what comes of them: couples are known to two, one-sided choices to nobody.

#include "services/matchmaking/domain/block_person.hpp"
#include "services/matchmaking/domain/choose.hpp"
#include "services/matchmaking/domain/close_choosing.hpp"
#include "services/matchmaking/domain/examples_test.hpp"
#include "services/matchmaking/domain/open_choosing.hpp"
#include "services/matchmaking/domain/reading.hpp"
#include "services/matchmaking/domain/report_person.hpp"

#include <gtest/gtest.h>

namespace gonghui::matchmaking {
namespace {

using namespace examples;

const EveningId tonight(uuid(600));

TEST(OpenChoosing, ClosesByItselfAtTheEndUnlessToldOtherwise)
{
    const auto by_default =
        open_choosing({in_charge, evening()}, {.evening_id = tonight, .closes_at = {}}, officer(), now);
    EXPECT_EQ(std::get<ChoosingOpened>(by_default->front()).closes_at, evening().ends_at);
    const auto early =
        open_choosing({in_charge, evening()}, {.evening_id = tonight, .closes_at = now + Duration(1)}, officer(), now);
    EXPECT_EQ(std::get<ChoosingOpened>(early->front()).closes_at, now + Duration(1));
    const auto past = open_choosing({in_charge, evening()}, {.evening_id = tonight, .closes_at = now}, officer(), now);
    EXPECT_EQ(past.error().code, refusal::times_out_of_order);
}

TEST(OpenChoosing, HappensOnce)
{
    const auto open = evening(EveningState::choosing);
    EXPECT_EQ(open_choosing({in_charge, open}, {.evening_id = tonight, .closes_at = {}}, officer(), now).error().code,
              refusal::choosing_already_open);
    const auto closed = evening(EveningState::closed);
    EXPECT_EQ(open_choosing({in_charge, closed}, {.evening_id = tonight, .closes_at = {}}, officer(), now).error().code,
              refusal::evening_over);
}

ChooseFacts opposite()
{
    return {.standing = self,
            .evening = evening(EveningState::choosing),
            .chooser = Side::male,
            .chosen = Side::female,
            .is_blocked = false};
}

const Choose yes{.evening_id = tonight, .person_id = person(1), .chosen_id = person(2), .wants = true};

TEST(Choose, IsAPrivateEventThatDoesNotEvenNameTheChooser)
{
    const auto decided = choose(opposite(), yes, worker(1), now);
    ASSERT_TRUE(decided.has_value());
    EXPECT_TRUE(ChoiceMade::is_private);
    EXPECT_EQ(decided->subject(), to_string(tonight));
}

TEST(Choose, IsForThoseWhoCheckedInAndAboutTheOtherSide)
{
    auto absent = opposite();
    absent.chooser.reset();
    EXPECT_EQ(choose(absent, yes, worker(1), now).error().code, refusal::not_checked_in);
    auto nobody = opposite();
    nobody.chosen.reset();
    EXPECT_EQ(choose(nobody, yes, worker(1), now).error().code, refusal::not_choosable);
    auto same_side = opposite();
    same_side.chosen = Side::male;
    EXPECT_EQ(choose(same_side, yes, worker(1), now).error().code, refusal::not_choosable);
}

TEST(Choose, IsRefusedBeforeAndAfter)
{
    for (const auto state : {EveningState::planned, EveningState::closed}) {
        auto facts = opposite();
        facts.evening = evening(state);
        EXPECT_EQ(choose(facts, yes, worker(1), now).error().code, refusal::choosing_not_open);
    }
}

TEST(Choose, NobodyChoosesForAnother)
{
    EXPECT_EQ(choose(opposite(), yes, worker(2), now).error().code, refusal::not_permitted);
    EXPECT_EQ(choose(opposite(), yes, officer(), now).error().code, refusal::not_permitted);
}

TEST(Choose, ABlockLooksLikeAnAbsence)
{
    auto blocked = opposite();
    blocked.is_blocked = true;
    auto absent = opposite();
    absent.chosen.reset();
    const auto one = choose(blocked, yes, worker(1), now), other = choose(absent, yes, worker(1), now);
    EXPECT_EQ(one.error().code, other.error().code);
    EXPECT_EQ(one.error().facts.size(), other.error().facts.size());
}

// Two men (1, 3) and two women (2, 4).
CloseChoosingFacts hall(std::vector<Yes> wanted)
{
    return {.standing = in_charge,
            .evening = evening(EveningState::choosing),
            .attendees = {{person(1), Side::male},
                          {person(2), Side::female},
                          {person(3), Side::male},
                          {person(4), Side::female}},
            .wanted = std::move(wanted),
            .blocked = {}};
}

std::vector<CoupleRevealed> couples(const Events& events)
{
    std::vector<CoupleRevealed> found;
    for (const auto& event : events)
        if (const auto* couple = std::get_if<CoupleRevealed>(&event)) found.push_back(*couple);
    return found;
}

Events close(const CloseChoosingFacts& facts)
{
    return *close_choosing(facts, {.evening_id = tonight}, officer(), now);
}

TEST(CloseChoosing, RevealsAMutualYesOnceAndInPrivate)
{
    const auto events = close(hall({{person(2), person(1)}, {person(1), person(2)}}));
    ASSERT_EQ(couples(events).size(), 1U);
    EXPECT_EQ(couples(events)[0].first_id, person(1));
    EXPECT_EQ(couples(events)[0].second_id, person(2));
    EXPECT_TRUE(CoupleRevealed::is_private);
    EXPECT_EQ(couples(events)[0].subject(), to_string(tonight));
}

TEST(CloseChoosing, AOneSidedYesLeavesNoTrace)
{
    // With and without the one-sided choices the events are the same.
    EXPECT_EQ(close(hall({})), close(hall({{person(1), person(2)}, {person(4), person(1)}, {person(3), person(4)}})));
    EXPECT_EQ(close(hall({{person(1), person(2)}, {person(2), person(1)}})),
              close(hall({{person(1), person(2)}, {person(2), person(1)}, {person(3), person(2)}})));
}

TEST(CloseChoosing, TellsEveryoneWhoIsThereTheSame)
{
    int told = 0;
    for (const auto& event : close(hall({{person(1), person(2)}, {person(2), person(1)}})))
        told += std::holds_alternative<ResultReady>(event) ? 1 : 0;
    EXPECT_EQ(told, 4);
}

TEST(CloseChoosing, WhoLeftOrBlockedIsNoCouple)
{
    const std::vector<Yes> mutual{{person(1), person(2)}, {person(2), person(1)}};
    auto left = hall(mutual);
    left.attendees.erase(left.attendees.begin());
    EXPECT_TRUE(couples(close(left)).empty());
    for (const auto& block : {std::pair(person(1), person(2)), std::pair(person(2), person(1))}) {
        auto facts = hall(mutual);
        facts.blocked = {block};
        EXPECT_TRUE(couples(close(facts)).empty());
    }
}

TEST(CloseChoosing, OnePersonMayBePartOfSeveralCouples)
{
    const auto events =
        close(hall({{person(1), person(2)}, {person(2), person(1)}, {person(2), person(3)}, {person(3), person(2)}}));
    EXPECT_EQ(couples(events).size(), 2U);
    EXPECT_EQ(std::get<ChoosingClosed>(events.front()).couples, 2);
}

TEST(CloseChoosing, NeedsChoosingToBeOpen)
{
    auto facts = hall({});
    facts.evening = evening();
    EXPECT_EQ(close_choosing(facts, {.evening_id = tonight}, officer(), now).error().code, refusal::choosing_not_open);
}

TEST(MyResults, AreShownOnceChoosingIsClosed)
{
    const MyResults query{.evening_id = tonight, .person_id = person(1)};
    EXPECT_EQ(may_see_results(self, evening(EveningState::choosing), query, worker(1))->code,
              refusal::choosing_not_over);
    EXPECT_EQ(may_see_results(self, evening(EveningState::closed), query, worker(1)), std::nullopt);
    EXPECT_EQ(may_see_results(self, evening(EveningState::closed), query, worker(2))->code, refusal::not_permitted);
}

TEST(BlockPerson, AlwaysWorksAndTellsNobody)
{
    const BlockPerson command{.block_id = BlockId(uuid(5)), .person_id = person(1), .blocked_id = person(2)};
    const auto decided = block_person({self, true, false}, command, worker(1), now);
    ASSERT_EQ(decided->size(), 1U);
    EXPECT_TRUE(PersonBlocked::is_private);
    EXPECT_EQ(std::get<PersonBlocked>(decided->front()).subject(), to_string(command.block_id));
    EXPECT_TRUE(block_person({self, true, true}, command, worker(1), now)->empty());
    EXPECT_EQ(block_person({self, false, false}, command, worker(1), now).error().code, refusal::unknown_person);
}

TEST(ReportPerson, IsPrivateAndNamesItsReportAlone)
{
    ReportPerson command;
    command.report_id = ReportId(uuid(6));
    command.person_id = person(1);
    command.reported_id = person(2);
    const auto decided = report_person({self, true, false}, command, worker(1), now);
    ASSERT_TRUE(decided.has_value());
    EXPECT_TRUE(PersonReported::is_private);
    EXPECT_EQ(decided->subject(), to_string(command.report_id));
}

}  // namespace
}  // namespace gonghui::matchmaking
