// Every request against every role and place, with real tables.

#include "service.hpp"

#include <gonghui/bus.hpp>
#include <gtest/gtest.h>

namespace gonghui::pledges {
namespace {

// city > district > two townships, each with a union; the promise is the eastern union's.
struct Rights : testing::Test {
    sqlite::Database db{":memory:"};
    SystemRandom random;
    Uuid city = any(), district = any(), east = any(), west = any(), east_union = any(), west_union = any();
    Uuid person = any();
    PledgeId promise{any()};
    UtcTime now = parse_time("2026-07-02T04:00:00Z").value();

    Rights()
    {
        sqlite::migrate(db, "places", places_migrations());
        sqlite::migrate(db, "service", {{1, script}});
        Places places(db);
        for (const auto& [place, parent] : std::vector<std::pair<Uuid, std::optional<Uuid>>>{{city, std::nullopt},
                                                                                             {district, city},
                                                                                             {east, district},
                                                                                             {west, district},
                                                                                             {east_union, east},
                                                                                             {west_union, west}}) {
            places.add(place, parent);
            db.run("INSERT INTO organisations (organisation_id) VALUES (?)", place);
        }
        db.run(
            "INSERT INTO pledges (pledge_id, organisation_id, year, kind, target, first_target, title_zh)"
            " VALUES (?, ?, 2026, 'members', 10, 10, 'x')",
            promise, east_union);
    }

    std::string script = tables().front();
    Uuid any() { return make_random_uuid(random); }

    // Whether the answer is anything but not_permitted.
    template <class Message>
    bool may(const Actor& actor, const Message& message)
    {
        const auto decided = handle(db, Request<Message>{message, actor, now});
        return decided || decided.error().code != refusal::not_permitted;
    }

    Actor as(Role role, const Uuid& place = {})
    {
        if (role != Role::worker && role != Role::service) Places(db).grant(person, role, place);
        return holder(role, person, place);
    }

    void expect(const Actor& actor, bool commands, bool counting)
    {
        SCOPED_TRACE(std::string(to_string(actor.role)) + " at " + to_string(actor.place));
        const Pledge make{.pledge_id = PledgeId(any()),
                          .organisation_id = OrganisationId(east_union),
                          .year = 2026,
                          .kind = Kind::members,
                          .target = 1,
                          .title_zh = "x"};
        EXPECT_EQ(may(actor, make), commands);
        EXPECT_EQ(may(actor, Change{.pledge_id = promise, .target = 11, .reason = "x"}), commands);
        EXPECT_EQ(may(actor, Withdraw{.pledge_id = promise, .reason = "x"}), commands);
        EXPECT_EQ(may(actor, Counts{}), counting);
        EXPECT_TRUE(may(actor, Board{.organisation_id = OrganisationId(east_union)}));
        EXPECT_TRUE(may(actor, History{.pledge_id = promise}));
        EXPECT_EQ(may(actor, HeldAbout{.person_id = PersonId(person)}), actor.role == Role::worker);
        EXPECT_FALSE(may(actor, HeldAbout{.person_id = PersonId(any())}));
    }
};

TEST_F(Rights, OfPromisesBelowOnesPlaceAndOfThoseAlone)
{
    expect(as(Role::officer, east_union), true, false);
    expect(as(Role::township, east), true, false);
    expect(as(Role::officer, west_union), false, false);
    expect(as(Role::township, west), false, false);
}

TEST_F(Rights, DistrictsAndTheCityDecideEverywhere)
{
    expect(as(Role::district, district), true, true);
    expect(as(Role::city, city), true, true);
    expect(as(Role::service), true, true);
}

TEST_F(Rights, WorkersLook)
{
    expect(as(Role::worker), false, false);
}

TEST_F(Rights, ARoleThatIsNotHeldIsNone)
{
    for (const auto role : {Role::officer, Role::township, Role::district, Role::city})
        expect(holder(role, person, east_union), false, false);
}

}  // namespace
}  // namespace gonghui::pledges
