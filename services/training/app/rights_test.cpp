// Nobody acts outside their place: every message x every role x where the target stands. The list of messages is the
// schemas themselves, so that a new command without a row here fails.

#include "services/training/app/training_under_test.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

namespace gonghui::training {
namespace {

// Where what a message touches stands, seen from the first township's factory union, to which every actor belongs.
enum class Spot : std::uint8_t { self, own_union, own_township, sibling_union, other_township, district };

constexpr std::array all_spots{Spot::self,          Spot::own_union,      Spot::own_township,
                               Spot::sibling_union, Spot::other_township, Spot::district};

std::string_view to_string(Spot spot)
{
    switch (spot) {
        case Spot::self:
            return "self";
        case Spot::own_union:
            return "own_union";
        case Spot::own_township:
            return "own_township";
        case Spot::sibling_union:
            return "sibling_union";
        case Spot::other_township:
            return "other_township";
        case Spot::district:
            return "district";
    }
    return {};
}

using Spots = std::set<Spot>;
const Spots nowhere{};
const Spots self_alone{Spot::self};
const Spots one_union{Spot::self, Spot::own_union};
const Spots one_township{Spot::self, Spot::own_union, Spot::own_township, Spot::sibling_union};
const Spots everywhere{all_spots.begin(), all_spots.end()};

struct Row {
    std::function<messaging::Reply(TrainingUnderTest&, Spot, const Actor&)> ask;
    std::map<Role, Spots> allowed;
};

// Enrolling and everything around one's own place.
std::map<Role, Spots> about_a_person()
{
    return {{Role::worker, self_alone},   {Role::officer, one_union}, {Role::township, one_township},
            {Role::district, everywhere}, {Role::city, everywhere},   {Role::service, everywhere}};
}

// Planning and looking after what an organisation runs.
std::map<Role, Spots> about_a_place()
{
    auto allowed = about_a_person();
    allowed[Role::worker] = nowhere;
    return allowed;
}

std::map<Role, Spots> of_the_district_alone()
{
    return {{Role::worker, nowhere},      {Role::officer, nowhere}, {Role::township, nowhere},
            {Role::district, everywhere}, {Role::city, everywhere}, {Role::service, everywhere}};
}

// Whatever their role, for themselves.
std::map<Role, Spots> of_each_person_alone()
{
    std::map<Role, Spots> allowed;
    for (const auto role : all_roles) allowed[role] = self_alone;
    allowed[Role::service] = nowhere;
    return allowed;
}

std::map<Role, Spots> for_everybody()
{
    std::map<Role, Spots> allowed;
    for (const auto role : all_roles) allowed[role] = everywhere;
    return allowed;
}

unsigned char number_of(Spot spot)
{
    return static_cast<unsigned char>(static_cast<int>(spot) + 1);
}

OrganisationId organisation_at(const Tree& tree, Spot spot)
{
    switch (spot) {
        case Spot::self:
        case Spot::own_union:
            return tree.factory;
        case Spot::own_township:
            return tree.township;
        case Spot::sibling_union:
            return tree.couriers;
        case Spot::other_township:
            return tree.village;
        case Spot::district:
            break;
    }
    return tree.district;
}

// `self` is whoever asks.
PersonId person_at(Spot spot, const Actor& actor)
{
    if (spot == Spot::self) return PersonId(actor.person);
    return test_id<PersonId>(static_cast<unsigned char>(100 + number_of(spot)));
}

CampaignId campaign_at(Spot spot)
{
    return test_id<CampaignId>(number_of(spot));
}

ClassId class_at(Spot spot)
{
    return test_id<ClassId>(number_of(spot));
}

template <class Command>
messaging::Reply ask_about_person(TrainingUnderTest& training, Spot spot, const Actor& actor)
{
    Command command{};
    command.campaign_id = campaign_at(Spot::district);
    command.class_id = class_at(Spot::district);
    command.person_id = person_at(spot, actor);
    return training.ask(command, actor);
}

messaging::Reply ask_to_add_course(TrainingUnderTest& training, Spot, const Actor& actor)
{
    return training.ask(AddCourse{test_id<CourseId>(9), "茶艺", "Tea", std::nullopt}, actor);
}

messaging::Reply ask_to_plan(TrainingUnderTest& training, Spot spot, const Actor& actor)
{
    PlanCampaign command{};
    command.campaign_id = test_id<CampaignId>(200);
    command.organisation_id = organisation_at(training.tree, spot);
    command.name_zh = "夜校";
    command.name_en = "Evenings";
    command.opens_at = training.now;
    command.closes_at = training.now + std::chrono::hours(1);
    return training.ask(command, actor);
}

messaging::Reply ask_to_change(TrainingUnderTest& training, Spot spot, const Actor& actor)
{
    return training.ask(
        ChangeCampaign{campaign_at(spot), "夜校", "Evenings", training.now, training.now + std::chrono::hours(2)},
        actor);
}

messaging::Reply ask_to_open(TrainingUnderTest& training, Spot spot, const Actor& actor)
{
    OpenClass command{};
    command.class_id = test_id<ClassId>(200);
    command.campaign_id = campaign_at(spot);
    command.course_id = test_id<CourseId>(1);
    command.capacity = 1;
    command.venue = "301";
    command.sessions = {evening(7)};
    return training.ask(command, actor);
}

messaging::Reply ask_for_status(TrainingUnderTest& training, Spot spot, const Actor& actor)
{
    return training.ask(CampaignStatus{campaign_at(spot)}, actor);
}

messaging::Reply ask_for_campaigns(TrainingUnderTest& training, Spot, const Actor& actor)
{
    return training.ask(Campaigns{std::nullopt}, actor);
}

messaging::Reply ask_for_courses(TrainingUnderTest& training, Spot, const Actor& actor)
{
    return training.ask(Courses{}, actor);
}

messaging::Reply ask_for_roster(TrainingUnderTest& training, Spot spot, const Actor& actor)
{
    return training.ask(ClassRoster{campaign_at(spot), class_at(spot), std::nullopt, std::nullopt, std::nullopt},
                        actor);
}

messaging::Reply ask_for_enrollments(TrainingUnderTest& training, Spot spot, const Actor& actor)
{
    return training.ask(MyEnrollments{person_at(spot, actor)}, actor);
}

messaging::Reply ask_what_is_held(TrainingUnderTest& training, Spot spot, const Actor& actor)
{
    return training.ask(HeldAbout{person_at(spot, actor)}, actor);
}

const std::map<std::string, Row>& rows()
{
    static const std::map<std::string, Row> rows{
        {"add_course", {ask_to_add_course, of_the_district_alone()}},
        {"plan_campaign", {ask_to_plan, about_a_place()}},
        {"change_campaign", {ask_to_change, about_a_place()}},
        {"open_class", {ask_to_open, about_a_place()}},
        {"enroll", {ask_about_person<Enroll>, about_a_person()}},
        {"cancel", {ask_about_person<Cancel>, about_a_person()}},
        {"accept_offer", {ask_about_person<AcceptOffer>, about_a_person()}},
        {"decline_offer", {ask_about_person<DeclineOffer>, about_a_person()}},
        {"campaigns", {ask_for_campaigns, for_everybody()}},
        {"courses", {ask_for_courses, for_everybody()}},
        {"campaign_status", {ask_for_status, for_everybody()}},
        {"my_enrollments", {ask_for_enrollments, about_a_person()}},
        {"held_about", {ask_what_is_held, of_each_person_alone()}},
        {"my_rank", {ask_about_person<MyRank>, about_a_person()}},
        {"class_roster", {ask_for_roster, about_a_place()}},
    };
    return rows;
}

// A district with a campaign, a class and a member at every spot, and one person per role, all of the factory union.
class Rights : public testing::Test {
protected:
    Rights()
    {
        training.found_the_tree();
        for (const auto spot : all_spots) {
            const auto organisation = organisation_at(training.tree, spot);
            if (spot != Spot::self) training.join(person_at(spot, {}), organisation);
            PlanCampaign plan{};
            plan.campaign_id = campaign_at(spot);
            plan.organisation_id = organisation;
            plan.name_zh = "夜校";
            plan.name_en = "Evenings";
            plan.opens_at = training.now;
            plan.closes_at = training.now + std::chrono::hours(1);
            training.answer(plan, TrainingUnderTest::service_actor());
            training.open(number_of(spot), campaign_at(spot), 9, evening(static_cast<int>(number_of(spot))));
        }
        for (const auto role : all_roles)
            if (role != Role::service) training.join(PersonId(actor(role).person), training.tree.factory);
        training.grant(PersonId(actor(Role::officer).person), registration::Office::officer, training.tree.factory);
        training.grant(PersonId(actor(Role::township).person), registration::Office::township, training.tree.township);
        training.grant(PersonId(actor(Role::district).person), registration::Office::district, training.tree.district);
        training.grant(PersonId(actor(Role::city).person), registration::Office::city, training.tree.city);
    }

    Actor actor(Role role) const
    {
        if (role == Role::service) return {role, {}, {}, "ctl"};
        const auto person = test_id<PersonId>(static_cast<unsigned char>(50 + static_cast<int>(role)));
        return {role, person.uuid, place_of(role), "edge"};
    }

    Uuid place_of(Role role) const
    {
        switch (role) {
            case Role::officer:
                return training.tree.factory.uuid;
            case Role::township:
                return training.tree.township.uuid;
            case Role::district:
                return training.tree.district.uuid;
            case Role::city:
                return training.tree.city.uuid;
            case Role::worker:
            case Role::service:
                break;
        }
        return {};
    }

    // Undone at once, so that no question changes the next.
    bool permitted(const Row& row, Spot spot, const Actor& asking)
    {
        const sqlite::Savepoint undone(training.database);
        return row.ask(training, spot, asking).code != refusal::not_permitted;
    }

    TrainingUnderTest training;
};

// Names of the schemas that are commands or queries.
std::set<std::string> messages_in_schemas()
{
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(TRAINING_SCHEMAS)) {
        std::stringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        const auto schema = text.str();
        if (schema.find(R"("x-kind": "command")") == std::string::npos &&
            schema.find(R"("x-kind": "query")") == std::string::npos)
            continue;
        const auto file = entry.path().filename().string();
        names.insert(file.substr(0, file.find('.')));
    }
    return names;
}

TEST_F(Rights, HaveARowAndAHandlerForEveryMessage)
{
    std::set<std::string> with_a_row;
    for (const auto& [name, row] : rows()) with_a_row.insert(name);
    EXPECT_EQ(messages_in_schemas(), with_a_row);
    for (const auto& name : with_a_row)
        EXPECT_NE(training.handlers.form_of("training." + name), messaging::Form::unknown) << name;
}

TEST_F(Rights, ReachAsFarAsTheTableSaysAndNoFarther)
{
    for (const auto& [name, row] : rows())
        for (const auto role : all_roles)
            for (const auto spot : all_spots) {
                if (role == Role::service && spot == Spot::self) continue;  // a service is nobody
                const bool expected = row.allowed.at(role).contains(spot);
                EXPECT_EQ(permitted(row, spot, actor(role)), expected)
                    << name << " by " << gonghui::to_string(role) << " at " << to_string(spot);
            }
}

// The edge asserts a role; what holds is what registration granted.
TEST_F(Rights, AreNobodysWhoMerelyClaimsThem)
{
    for (const auto& [name, row] : rows()) {
        if (row.allowed == for_everybody()) continue;  // the public menu
        for (const auto role : {Role::officer, Role::township, Role::district, Role::city})
            for (const auto spot : all_spots) {
                // They are themself, whatever they call themself.
                if (spot == Spot::self && row.allowed.at(role) == self_alone) continue;
                auto pretender = actor(role);
                pretender.person = actor(Role::worker).person;
                EXPECT_FALSE(permitted(row, spot, pretender))
                    << name << " by a pretended " << gonghui::to_string(role) << " at " << to_string(spot);
            }
    }
}

TEST_F(Rights, EndWhenTheRoleIsRevoked)
{
    registration::RoleRevoked revoked{};
    revoked.person_id = PersonId(actor(Role::officer).person);
    revoked.role = registration::Office::officer;
    revoked.place_id = training.tree.factory;
    training.apply(revoked);
    EXPECT_FALSE(permitted(rows().at("enroll"), Spot::own_union, actor(Role::officer)));
}

}  // namespace
}  // namespace gonghui::training
