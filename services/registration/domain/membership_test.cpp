#include "services/registration/domain/membership.hpp"

#include <gtest/gtest.h>

namespace gonghui::registration {
namespace {

// Where a legal move leads, written apart from the table that is tested.
std::optional<MembershipState> after(MembershipState state, Move move)
{
    if (why_not(state, move)) return std::nullopt;
    switch (move) {
        case Move::apply:
            return MembershipState::applied;
        case Move::approve:
        case Move::join_by_roster:
        case Move::transfer:
        case Move::restore:
            return MembershipState::member;
        case Move::retain:
            return MembershipState::retained;
        case Move::leave:
            return MembershipState::left;
        case Move::erase:
            return MembershipState::stranger;
    }
    return std::nullopt;
}

TEST(Membership, RunsFromApplicationToLeaving)
{
    auto state = std::optional(MembershipState::stranger);
    for (const auto move : {Move::apply, Move::approve, Move::transfer, Move::retain, Move::restore, Move::leave}) {
        state = after(*state, move);
        ASSERT_TRUE(state) << static_cast<int>(move);
    }
    EXPECT_EQ(state, MembershipState::left);
}

TEST(Membership, SaysWhyAMoveIsIllegal)
{
    EXPECT_EQ(why_not(MembershipState::applied, Move::apply), refusal::already_applied);
    EXPECT_EQ(why_not(MembershipState::applied, Move::leave), refusal::still_applying);
    EXPECT_EQ(why_not(MembershipState::member, Move::apply), refusal::already_member);
    EXPECT_EQ(why_not(MembershipState::retained, Move::retain), refusal::retained_already);
    EXPECT_EQ(why_not(MembershipState::left, Move::transfer), refusal::left_already);
    EXPECT_EQ(why_not(MembershipState::stranger, Move::leave), refusal::not_a_member);
}

TEST(Membership, NobodyIsErasedWhoHasOneOrWaitsForOne)
{
    for (const auto state : all_membership_states)
        EXPECT_EQ(!why_not(state, Move::erase), !is_active(state) && state != MembershipState::applied)
            << to_string(state);
    EXPECT_EQ(why_not(MembershipState::retained, Move::erase), refusal::membership_first);
}

TEST(Membership, NobodyGetsASecondOne)
{
    for (const auto state : all_membership_states)
        for (const auto move : {Move::apply, Move::approve, Move::join_by_roster})
            EXPECT_FALSE(is_active(state) && !why_not(state, move))
                << to_string(state) << " " << static_cast<int>(move);
}

TEST(Membership, OnlyAMembershipCanBeMovedOrEnded)
{
    for (const auto state : all_membership_states)
        for (const auto move : {Move::transfer, Move::leave})
            EXPECT_EQ(!why_not(state, move), is_active(state)) << to_string(state);
}

TEST(Membership, AnExpelledPersonComesBackOnlyByApplying)
{
    EXPECT_FALSE(why_not(MembershipState::expelled, Move::apply));
    EXPECT_EQ(why_not(MembershipState::expelled, Move::join_by_roster), refusal::expelled_member);
}

}  // namespace
}  // namespace gonghui::registration
