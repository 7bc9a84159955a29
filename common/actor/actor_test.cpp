#include "common/actor/actor.hpp"

#include "common/ids/seeded_random.hpp"

#include <gtest/gtest.h>

namespace gonghui {
namespace {

struct Permits : testing::Test {
    SeededRandom random{1};
    const Uuid person = make_random_uuid(random);
    const Uuid other = make_random_uuid(random);

    static Rights everyone(Reach reach)
    {
        Rights rights;
        rights.reach.fill(reach);
        return rights;
    }

    Actor as(Role role) const
    {
        Actor actor;
        actor.role = role;
        if (role != Role::service) actor.person = person;
        return actor;
    }
};

TEST(Role, NamesAreReadBack)
{
    for (const auto role : all_roles) EXPECT_EQ(parse_role(to_string(role)), role);
    EXPECT_EQ(parse_role("Officer"), std::nullopt);
    EXPECT_EQ(parse_role(""), std::nullopt);
}

TEST_F(Permits, NobodyByDefault)
{
    for (const auto role : all_roles) EXPECT_FALSE(permits(Rights{}, as(role), {true, true}, person));
}

TEST_F(Permits, SelfMeansTheOwnPersonAlone)
{
    const auto rights = everyone(Reach::self);
    for (const auto role : {Role::worker, Role::officer, Role::city}) {
        EXPECT_TRUE(permits(rights, as(role), {}, person));
        EXPECT_FALSE(permits(rights, as(role), {true, true}, other));
        EXPECT_FALSE(permits(rights, as(role), {true, true}, std::nullopt));
    }
}

TEST_F(Permits, ANilPersonIsNobodysSelf)
{
    EXPECT_FALSE(permits(everyone(Reach::self), as(Role::service), {true, true}, Uuid{}));
}

TEST_F(Permits, PlaceNeedsTheRoleAndATargetBelowIt)
{
    const auto rights = everyone(Reach::place);
    for (const auto role : all_roles) {
        EXPECT_TRUE(permits(rights, as(role), {true, true}, other));
        EXPECT_FALSE(permits(rights, as(role), {true, false}, person));
        EXPECT_FALSE(permits(rights, as(role), {false, true}, person));
    }
}

TEST_F(Permits, AllNeedsTheRoleOnly)
{
    const auto rights = everyone(Reach::all);
    for (const auto role : all_roles) {
        EXPECT_TRUE(permits(rights, as(role), {true, false}, std::nullopt));
        EXPECT_FALSE(permits(rights, as(role), {false, true}, person));
    }
}

TEST_F(Permits, EachRoleHasItsOwnReach)
{
    Rights rights;
    rights.reach[static_cast<std::size_t>(Role::district)] = Reach::all;
    for (const auto role : all_roles)
        EXPECT_EQ(permits(rights, as(role), {true, true}, person), role == Role::district);
}

}  // namespace
}  // namespace gonghui
