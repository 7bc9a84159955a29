#include "rules.hpp"

#include <common/ids/random.hpp>
#include <gonghui/bus.hpp>
#include <gtest/gtest.h>

namespace gonghui::pledges {
namespace {

struct Rules : testing::Test {
    SystemRandom random;
    Actor district = holder(Role::district, make_random_uuid(random), make_random_uuid(random));
    UtcTime now = parse_time("2026-07-02T04:00:00Z").value();
    PledgeFacts facts{.organisation = OrganisationId(make_random_uuid(random)),
                      .year = 2026,
                      .kind = Kind::trained,
                      .target = 400,
                      .title_zh = "夜校四百人次",
                      .title_en = "400 seats"};

    PledgeId promise{make_random_uuid(random)};

    [[nodiscard]] Change changed(std::int64_t target, const std::string& reason) const
    {
        return {.pledge_id = promise, .target = target, .reason = reason};
    }
    [[nodiscard]] Deciding deciding() const { return {district, {.holds_role = true, .covers_target = true}, now}; }
    Pledge wanted(std::int64_t year = 2026)
    {
        return {.pledge_id = PledgeId(make_random_uuid(random)),
                .organisation_id = facts.organisation,
                .year = year,
                .kind = Kind::members,
                .target = 1000,
                .title_zh = "发展会员一千名"};
    }
};

template <class Event>
std::string_view code(const Decided<Event>& decided)
{
    return decided ? "accepted" : decided.error().code;
}

TEST_F(Rules, APromiseStandsAsItWasMade)
{
    const auto command = wanted();
    const auto decided = pledge(command, deciding(), Organisation::open, std::nullopt);
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->pledge_id, command.pledge_id);
    EXPECT_EQ(decided->target, 1000);
    EXPECT_EQ(decided->by, By::district);
    EXPECT_EQ(decided->at, now);
}

TEST_F(Rules, NobodyPromisesForWhatIsNotThereOrClosed)
{
    EXPECT_EQ(code(pledge(wanted(), deciding(), Organisation::unknown, {})), refusal::unknown_organisation);
    EXPECT_EQ(code(pledge(wanted(), deciding(), Organisation::closed, {})), refusal::organisation_closed);
    EXPECT_EQ(code(pledge(wanted(), deciding(), Organisation::open, facts)), refusal::pledge_exists);
}

TEST_F(Rules, APromiseIsForThisYearOrALaterOne)
{
    const auto last_year = pledge(wanted(2025), deciding(), Organisation::open, {});
    EXPECT_EQ(code(last_year), refusal::year_over);
    EXPECT_EQ(std::get<std::int64_t>(last_year.error().facts.at(0).value), 2025);
    EXPECT_TRUE(pledge(wanted(2027), deciding(), Organisation::open, {}));
    now = parse_time("2026-12-31T16:00:00Z").value();  // midnight in Shanghai
    EXPECT_EQ(code(pledge(wanted(), deciding(), Organisation::open, {})), refusal::year_over);
}

TEST_F(Rules, AChangeSaysWhatHoldsFromNowOn)
{
    const auto lower = changed(300, "台风停课");
    const auto decided = change(lower, deciding(), facts);
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->target, 300);
    EXPECT_EQ(decided->title_zh, facts.title_zh);
    EXPECT_EQ(decided->title_en, facts.title_en);
    EXPECT_EQ(decided->reason, "台风停课");
    EXPECT_EQ(code(change(changed(400, "x"), deciding(), facts)), refusal::nothing_changed);
}

TEST_F(Rules, WhatIsWithdrawnOrOverStaysAsItIs)
{
    const auto more = changed(500, "x");
    const Withdraw back{.pledge_id = promise, .reason = "x"};
    EXPECT_TRUE(withdraw(back, deciding(), facts));
    EXPECT_EQ(code(change(more, deciding(), {})), refusal::unknown_pledge);
    EXPECT_EQ(code(withdraw(back, deciding(), {})), refusal::unknown_pledge);
    facts.is_withdrawn = true;
    EXPECT_EQ(code(change(more, deciding(), facts)), refusal::pledge_withdrawn);
    EXPECT_EQ(code(withdraw(back, deciding(), facts)), refusal::pledge_withdrawn);
    facts.is_withdrawn = false;
    facts.year = 2025;
    EXPECT_EQ(code(change(more, deciding(), facts)), refusal::year_over);
    EXPECT_EQ(code(withdraw(back, deciding(), facts)), refusal::year_over);
}

}  // namespace
}  // namespace gonghui::pledges
