// Whatever people do in whatever order: no seat too many, no person twice, no cap exceeded, no clash, and no seat free
// while somebody waits who may have it. Checked by reading the tables anew, not by asking the rules.

#include "services/training/app/training_under_test.hpp"
#include "services/training/storage/place_column.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace gonghui::training {
namespace {

using std::chrono::hours;

enum class Act : std::uint8_t { enroll, cancel, accept, decline, leave, join, transfer, pass };

struct Step {
    Act act = Act::enroll;
    unsigned char person = 0;
    unsigned char target = 0;  // a class, a union or hours, as the act needs
};

std::ostream& operator<<(std::ostream& out, const Step& step)
{
    constexpr std::array names{"enroll", "cancel", "accept", "decline", "leave", "join", "transfer", "pass"};
    return out << names.at(static_cast<std::size_t>(step.act)) << ' ' << int{step.person} << ' ' << int{step.target};
}

constexpr unsigned char people = 8;
constexpr unsigned char classes = 6;

struct ClassSeen {
    ClassId id;
    CampaignId campaign;
    std::int64_t capacity = 0;
    Session session;
    std::optional<OrganisationId> only_for;
    bool only_new_employment = false;
};

// Two campaigns: one that offers seats for six hours and allows two classes, one that gives them at once and allows
// one.
class School {
public:
    School()
    {
        training.found_the_tree();
        for (unsigned char person = 0; person < people; ++person) join(person, person);
        const auto offering = training.plan(1, 2, hours(6));
        const auto giving = training.plan(2, 1, std::chrono::seconds(0));
        add({test_id<ClassId>(1), offering, 1, evening(2), {}, false});
        add({test_id<ClassId>(2), offering, 2, evening(2, hours(1)), {}, false});
        add({test_id<ClassId>(3), offering, 1, evening(3), training.tree.township, false});
        add({test_id<ClassId>(4), offering, 3, evening(4), {}, true});
        add({test_id<ClassId>(5), giving, 1, evening(4), {}, false});
        add({test_id<ClassId>(6), giving, 1, evening(5), {}, false});
    }

    void take(const Step& step)
    {
        const auto person = id_of(step.person);
        const auto& seen = known_.at(step.target % classes);
        switch (step.act) {
            case Act::enroll:
                return void(training.ask(Enroll{seen.campaign, seen.id, person}, worker(person)));
            case Act::cancel:
                return void(training.ask(Cancel{seen.campaign, seen.id, person}, worker(person)));
            case Act::accept:
                return void(training.ask(AcceptOffer{seen.campaign, seen.id, person}, worker(person)));
            case Act::decline:
                return void(training.ask(DeclineOffer{seen.campaign, seen.id, person}, worker(person)));
            case Act::leave:
                if (member_of_.erase(step.person)) training.leave(person, training.tree.factory);
                return;
            case Act::join:
                if (!member_of_.contains(step.person)) join(step.person, step.target);
                return;
            case Act::transfer:
                if (member_of_.contains(step.person)) transfer(step.person, step.target);
                return;
            case Act::pass:
                return training.pass(hours(step.target % 4));
        }
    }

    void check()
    {
        read();
        for (const auto& seen : known_) check_class(seen);
        for (unsigned char person = 0; person < people; ++person) check_person(person);
    }

    TrainingUnderTest training;

private:
    struct PlaceSeen {
        PersonId person;
        ClassId class_id;
        Place place;
    };

    static PersonId id_of(unsigned char person) { return test_id<PersonId>(static_cast<unsigned char>(person + 1)); }

    OrganisationId union_number(unsigned char number) const
    {
        const std::array unions{training.tree.factory, training.tree.couriers, training.tree.village};
        return unions.at(number % unions.size());
    }

    void join(unsigned char person, unsigned char number)
    {
        member_of_[person] = union_number(number);
        training.join(id_of(person), member_of_[person]);
    }

    void transfer(unsigned char person, unsigned char number)
    {
        const auto from = std::exchange(member_of_[person], union_number(number));
        training.transfer(id_of(person), from, member_of_[person]);
    }

    void add(const ClassSeen& seen)
    {
        Eligibility eligibility;
        eligibility.organisation_id = seen.only_for;
        eligibility.new_employment_only = seen.only_new_employment;
        training.open(static_cast<unsigned char>(known_.size() + 1), seen.campaign, seen.capacity, seen.session,
                      eligibility);
        known_.push_back(seen);
    }

    void read()
    {
        places_.clear();
        auto row = training.database.query("SELECT person_id, class_id, state FROM enrollments");
        while (row.next())
            places_.push_back({row.get<PersonId>(0), row.get<ClassId>(1), place_from_column(row.integer(2))});
    }

    std::int64_t count(const ClassId& id, Place place) const
    {
        return std::count_if(places_.begin(), places_.end(),
                             [&](const auto& one) { return one.class_id == id && one.place == place; });
    }

    std::vector<ClassSeen> held_by(const PersonId& person) const
    {
        std::vector<ClassSeen> held;
        for (const auto& one : places_)
            if (one.person == person && one.place != Place::waiting)
                for (const auto& seen : known_)
                    if (seen.id == one.class_id) held.push_back(seen);
        return held;
    }

    static bool clash(const ClassSeen& one, const ClassSeen& other)
    {
        return one.session.starts_at < other.session.ends_at && other.session.starts_at < one.session.ends_at;
    }

    std::int64_t cap(const CampaignId& campaign) const { return campaign == known_.front().campaign ? 2 : 1; }

    bool may_have_a_seat(unsigned char person, const ClassSeen& seen) const
    {
        const auto member = member_of_.find(person);
        if (member == member_of_.end()) return false;
        if (seen.only_new_employment && member->second != training.tree.couriers) return false;
        if (seen.only_for && member->second == training.tree.village) return false;
        const auto held = held_by(id_of(person));
        const auto in_campaign =
            std::count_if(held.begin(), held.end(), [&](const auto& one) { return one.campaign == seen.campaign; });
        return in_campaign < cap(seen.campaign) &&
               std::none_of(held.begin(), held.end(), [&](const auto& one) { return clash(one, seen); });
    }

    void check_class(const ClassSeen& seen)
    {
        const auto facts = training.store.training_class(seen.id);
        RC_ASSERT(facts.has_value());
        RC_ASSERT(facts->taken == count(seen.id, Place::taken));
        RC_ASSERT(facts->offered == count(seen.id, Place::offered));
        RC_ASSERT(facts->waiting == count(seen.id, Place::waiting));
        RC_ASSERT(facts->taken + facts->offered <= seen.capacity);

        // In the last hour before it begins, nobody is asked any more.
        if (facts->free_seats() == 0 || training.now >= seen.session.starts_at - hours(1)) return;
        for (const auto& one : places_)
            for (unsigned char person = 0; person < people; ++person)
                if (one.class_id == seen.id && one.place == Place::waiting && one.person == id_of(person))
                    RC_ASSERT_FALSE(may_have_a_seat(person, seen));
    }

    void check_person(unsigned char person)
    {
        const auto held = held_by(id_of(person));
        if (!member_of_.contains(person)) RC_ASSERT(training.store.places_of(id_of(person)).empty());
        for (const auto& campaign : {known_.front().campaign, known_.back().campaign})
            RC_ASSERT(std::count_if(held.begin(), held.end(),
                                    [&](const auto& one) { return one.campaign == campaign; }) <= cap(campaign));
        for (std::size_t i = 0; i < held.size(); ++i)
            for (std::size_t j = i + 1; j < held.size(); ++j) RC_ASSERT_FALSE(clash(held[i], held[j]));
    }

    std::vector<ClassSeen> known_;
    std::vector<PlaceSeen> places_;
    std::map<unsigned char, OrganisationId> member_of_;
};

// Every row of every table, in order.
std::string contents(sqlite::Database& database)
{
    static std::deque<std::string> statements;  // the connection keeps statements by their text
    std::vector<std::string> tables;
    auto names = database.query(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'schema_versions'"
        " ORDER BY name");
    while (names.next()) tables.emplace_back(names.text(0));

    std::string out;
    for (const auto& table : tables) {
        auto& statement = statements.emplace_back("SELECT ''");
        auto column = database.query("SELECT name FROM pragma_table_info(?1)", table);
        while (column.next()) statement.append(" || quote(").append(column.text(0)).append(") || ','");
        statement.append(" FROM ").append(table).append(" ORDER BY 1");
        auto row = database.query(statement);
        while (row.next()) out.append(table).append(": ").append(row.text(0)).append("\n");
    }
    return out;
}

rc::Gen<std::vector<Step>> seasons()
{
    const auto act = rc::gen::weightedElement<Act>({{10, Act::enroll},
                                                    {4, Act::cancel},
                                                    {3, Act::accept},
                                                    {1, Act::decline},
                                                    {1, Act::leave},
                                                    {1, Act::join},
                                                    {2, Act::transfer},
                                                    {2, Act::pass}});
    const auto step = rc::gen::build<Step>(rc::gen::set(&Step::act, act),
                                           rc::gen::set(&Step::person, rc::gen::inRange<unsigned char>(0, people)),
                                           rc::gen::set(&Step::target, rc::gen::inRange<unsigned char>(0, 60)));
    return rc::gen::scale(8.0, rc::gen::container<std::vector<Step>>(step));  // up to 800 steps
}

TEST(AnySeason, KeepsWhatEnrollmentPromises)
{
    EXPECT_TRUE(rc::check("invariants after every step", [] {
        const auto season = *seasons();
        School school;
        for (const auto& step : season) {
            school.take(step);
            school.check();
        }
        RC_CLASSIFY(season.size() > 100, "long");
        const auto saw = [&](std::string_view dataschema) {
            return std::any_of(school.training.own.begin(), school.training.own.end(),
                               [&](const auto& event) { return event.dataschema == dataschema; });
        };
        RC_CLASSIFY(saw(SeatOffered::dataschema), "offers");
        RC_CLASSIFY(saw(OfferLapsed::dataschema), "lapses");
    }));
}

TEST(AnySeason, LeavesAStoreThatEqualsTheReplayOfItsEvents)
{
    EXPECT_TRUE(rc::check("replay", [] {
        const auto season = *seasons();
        School school;
        for (const auto& step : season) school.take(step);

        // Each log rebuilds its own tables: the order between the two does not matter.
        TrainingUnderTest rebuilt;
        for (const auto& event : school.training.own) rebuilt.replay(event);
        for (const auto& event : school.training.followed) rebuilt.apply(event, nullptr);
        RC_ASSERT(contents(rebuilt.database) == contents(school.training.database));
    }));
}

}  // namespace
}  // namespace gonghui::training
