#include "common/places/places.hpp"

#include "common/ids/seeded_random.hpp"

#include <gtest/gtest.h>

namespace gonghui {
namespace {

// city > district > two townships, each with a union.
struct PlacesTest : testing::Test {
    sqlite::Database database{":memory:"};
    Places places{database};
    SeededRandom random{1};
    Uuid city = any(), district = any(), east = any(), west = any(), east_union = any(), west_union = any();
    Uuid person = any();

    PlacesTest()
    {
        sqlite::migrate(database, "places", places_migrations());
        places.add(city, std::nullopt);
        places.add(district, city);
        places.add(east, district);
        places.add(west, district);
        places.add(east_union, east);
        places.add(west_union, west);
    }

    Uuid any() { return make_random_uuid(random); }

    Actor as(Role role, const Uuid& place = {}) const
    {
        Actor actor;
        actor.role = role;
        actor.person = person;
        actor.place = place;
        return actor;
    }
};

TEST_F(PlacesTest, CoversItselfAndWhatLiesBelow)
{
    for (const auto& above : {city, district, east, east_union}) {
        EXPECT_TRUE(places.covers(above, above));
        EXPECT_TRUE(places.covers(above, east_union));
    }
    EXPECT_FALSE(places.covers(west, east_union));
    EXPECT_FALSE(places.covers(east_union, east));
    EXPECT_FALSE(places.covers(city, any()));
    EXPECT_FALSE(places.covers(any(), city));
}

TEST_F(PlacesTest, KnowsParents)
{
    EXPECT_EQ(places.parent_of(east), district);
    EXPECT_EQ(places.parent_of(city), std::nullopt);
    EXPECT_EQ(places.parent_of(any()), std::nullopt);
}

TEST_F(PlacesTest, MovesAPlaceWithEverythingBelowIt)
{
    places.move(east, west);
    EXPECT_EQ(places.parent_of(east), west);
    EXPECT_TRUE(places.covers(west, east_union));
    EXPECT_TRUE(places.covers(east, east_union));
    EXPECT_TRUE(places.covers(city, east_union));
    EXPECT_FALSE(places.covers(east, west_union));

    places.move(east, city);
    EXPECT_FALSE(places.covers(west, east_union));
    EXPECT_FALSE(places.covers(district, east_union));
    EXPECT_TRUE(places.covers(city, east_union));
}

TEST_F(PlacesTest, MovingBackRestoresTheTree)
{
    const auto rows = [this] {
        return database.value<int>("SELECT count(*) FROM places_closure");
    };
    const auto before = rows();
    places.move(east, city);
    places.move(east, district);
    places.move(east, district);
    EXPECT_EQ(rows(), before);
    EXPECT_TRUE(places.covers(district, east_union));
}

TEST_F(PlacesTest, RefusesWhatWouldBreakTheTree)
{
    EXPECT_THROW(places.move(district, east_union), std::invalid_argument);
    EXPECT_THROW(places.move(district, district), std::invalid_argument);
    EXPECT_THROW(places.move(any(), city), std::invalid_argument);
    EXPECT_THROW(places.move(east, any()), std::invalid_argument);
    EXPECT_THROW(places.add(any(), any()), std::invalid_argument);
    EXPECT_THROW(places.add(east, city), sqlite::Error);
}

TEST_F(PlacesTest, AnOfficerStandsWhereTheRoleWasGranted)
{
    places.grant(person, Role::officer, east_union);
    places.grant(person, Role::officer, east_union);
    EXPECT_TRUE(places.standing(as(Role::officer, east_union), east_union).holds_role);
    EXPECT_FALSE(places.standing(as(Role::officer, west_union), west_union).holds_role);
    EXPECT_FALSE(places.standing(as(Role::officer, east), east_union).holds_role);
    EXPECT_FALSE(places.standing(as(Role::township, east_union), east_union).holds_role);
    auto somebody_else = as(Role::officer, east_union);
    somebody_else.person = any();
    EXPECT_FALSE(places.standing(somebody_else, east_union).holds_role);
}

TEST_F(PlacesTest, TellsAPersonTheirRoles)
{
    places.grant(person, Role::township, east);
    places.grant(person, Role::officer, east_union);
    places.grant(any(), Role::officer, west_union);
    const auto held = places.roles_of(person);
    ASSERT_EQ(held.size(), 2U);
    EXPECT_EQ(held[0].role, "officer");
    EXPECT_EQ(held[0].place, east_union);
    EXPECT_EQ(held[1].role, "township");
    places.revoke_all(person);
    EXPECT_TRUE(places.roles_of(person).empty());
}

TEST_F(PlacesTest, TheTargetLiesAtOrBelowTheActorsPlace)
{
    EXPECT_TRUE(places.standing(as(Role::township, east), east_union).covers_target);
    EXPECT_TRUE(places.standing(as(Role::township, east), east).covers_target);
    EXPECT_FALSE(places.standing(as(Role::township, east), west_union).covers_target);
    EXPECT_FALSE(places.standing(as(Role::township, east), district).covers_target);
    EXPECT_FALSE(places.standing(as(Role::township, east), any()).covers_target);
    EXPECT_FALSE(places.standing(as(Role::township, east), std::nullopt).covers_target);
}

TEST_F(PlacesTest, WorkersAndServicesNeedNoGrant)
{
    for (const auto role : {Role::worker, Role::service}) {
        const auto standing = places.standing(as(role), east_union);
        EXPECT_TRUE(standing.holds_role);
        EXPECT_FALSE(standing.covers_target);
    }
}

TEST_F(PlacesTest, RevokedRolesAreGone)
{
    places.grant(person, Role::officer, east_union);
    places.grant(person, Role::officer, west_union);
    places.grant(person, Role::township, east);
    places.revoke(person, Role::officer, east_union);
    EXPECT_FALSE(places.standing(as(Role::officer, east_union), east_union).holds_role);
    EXPECT_TRUE(places.standing(as(Role::officer, west_union), west_union).holds_role);
    places.revoke_all(person);
    EXPECT_FALSE(places.standing(as(Role::officer, west_union), west_union).holds_role);
    EXPECT_FALSE(places.standing(as(Role::township, east), east).holds_role);
}

}  // namespace
}  // namespace gonghui
