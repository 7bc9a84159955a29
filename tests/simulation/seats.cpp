#include "tests/simulation/seats.hpp"

#include <algorithm>
#include <array>

namespace gonghui::simulation {

namespace {

struct Rule {
    std::string_view what;
    std::string_view sql;  // a row per breach: who or what
};

// States of enrollments: 1 taken, 2 offered, 3 waiting. A class gives out nothing in its last hour.
constexpr std::array training_rules{
    Rule{"a class is oversold",
         "SELECT hex(class_id) FROM classes WHERE capacity < (SELECT count(*) FROM enrollments "
         "WHERE enrollments.class_id = classes.class_id AND state IN (1, 2))"},
    Rule{"a class counts other seats than it has",
         "SELECT hex(class_id) FROM classes AS c WHERE "
         "taken <> (SELECT count(*) FROM enrollments AS e WHERE e.class_id = c.class_id AND state = 1) OR "
         "offered <> (SELECT count(*) FROM enrollments AS e WHERE e.class_id = c.class_id AND state = 2) OR "
         "waiting <> (SELECT count(*) FROM enrollments AS e WHERE e.class_id = c.class_id AND state = 3)"},
    Rule{"who is no member holds a seat",
         "SELECT hex(e.person_id) FROM enrollments AS e LEFT JOIN members AS m "
         "ON m.person_id = e.person_id WHERE m.active IS NOT 1"},
    Rule{"somebody holds more seats than the campaign allows",
         "SELECT hex(e.person_id) FROM enrollments AS e JOIN campaigns AS c ON c.campaign_id = e.campaign_id "
         "WHERE state IN (1, 2) GROUP BY e.person_id, e.campaign_id HAVING count(*) > max(c.classes_per_person)"},
    Rule{"somebody holds two seats at one hour",
         "SELECT hex(a.person_id) FROM enrollments AS a JOIN enrollments AS b ON a.person_id = b.person_id "
         "AND a.class_id < b.class_id JOIN sessions AS s ON s.class_id = a.class_id "
         "JOIN sessions AS t ON t.class_id = b.class_id AND s.starts_at < t.ends_at AND t.starts_at < s.ends_at "
         "WHERE a.state IN (1, 2) AND b.state IN (1, 2)"},
    Rule{"a seat is free while somebody waits who may have it",
         "SELECT hex(w.class_id) FROM enrollments AS w JOIN classes AS c ON c.class_id = w.class_id "
         "JOIN campaigns AS p ON p.campaign_id = c.campaign_id JOIN members AS m ON m.person_id = w.person_id "
         "WHERE w.state = 3 AND c.taken + c.offered < c.capacity AND m.active = 1 AND p.classes_per_person > "
         "(SELECT count(*) FROM enrollments AS h WHERE h.person_id = w.person_id AND h.campaign_id = w.campaign_id "
         "AND h.state IN (1, 2)) AND NOT EXISTS (SELECT 1 FROM enrollments AS h JOIN sessions AS t "
         "ON t.class_id = h.class_id JOIN sessions AS s ON s.class_id = w.class_id WHERE h.person_id = w.person_id "
         "AND h.state IN (1, 2) AND s.starts_at < t.ends_at AND t.starts_at < s.ends_at)"}};

constexpr std::array matchmaking_rules{
    Rule{"an evening has more guests than places",
         "SELECT hex(e.evening_id) FROM evenings AS e JOIN sign_ups AS s ON s.evening_id = e.evening_id "
         "WHERE s.state <> 'waiting' GROUP BY e.evening_id, s.side "
         "HAVING count(*) > max(iif(s.side = 'male', e.capacity_male, e.capacity_female))"},
    // Of one that is closed nobody is promoted, and who was erased since is missing.
    Rule{"a place is free while somebody waits",
         "SELECT hex(e.evening_id) FROM evenings AS e JOIN sign_ups AS s ON s.evening_id = e.evening_id "
         "WHERE e.state <> 'closed' GROUP BY e.evening_id, s.side HAVING sum(s.state = 'waiting') > 0 AND sum(s.state "
         "<> 'waiting') < "
         "max(iif(s.side = 'male', e.capacity_male, e.capacity_female))"}};

template <class Rules>
std::vector<std::string> breaches(sqlite::Database& store, const Rules& rules)
{
    std::vector<std::string> found;
    for (const auto& rule : rules) {
        auto rows = store.query(rule.sql);
        if (rows.next()) found.push_back(std::string(rule.what) + ": " + std::string(rows.text(0)));
    }
    return found;
}

}  // namespace

bool changes_a_seat(std::string_view event_type)
{
    constexpr std::array<std::string_view, 6> types{"seat_taken",   "waitlisted",           "seat_offered",
                                                    "offer_lapsed", "enrollment_cancelled", "waiting_left"};
    return std::find(types.begin(), types.end(), event_type) != types.end();
}

std::vector<std::string> check_seats(sqlite::Database& training)
{
    return breaches(training, training_rules);
}

std::vector<std::string> check_evenings(sqlite::Database& matchmaking)
{
    return breaches(matchmaking, matchmaking_rules);
}

}  // namespace gonghui::simulation
