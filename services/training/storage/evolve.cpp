#include "services/training/storage/evolve.hpp"

#include "common/messaging/timers.hpp"
#include "services/training/storage/place_column.hpp"

#include <chrono>
#include <stdexcept>

namespace gonghui::training {

namespace {

struct Row {
    Place place = Place::waiting;
    std::int64_t number = 0;
};

// +1 or -1 in the one counter that `place` stands for.
struct Change {
    int taken = 0;
    int offered = 0;
    int waiting = 0;
};

Change change(Place place, int by)
{
    switch (place) {
        case Place::taken:
            return {by, 0, 0};
        case Place::offered:
            return {0, by, 0};
        case Place::waiting:
            break;
    }
    return {0, 0, by};
}

std::optional<Row> row_of(TrainingStore& store, const PersonId& person, const ClassId& class_id)
{
    auto row = store.database().query("SELECT state, number FROM enrollments WHERE person_id = ?1 AND class_id = ?2",
                                      person, class_id);
    if (!row.next()) return std::nullopt;
    return Row{place_from_column(row.integer(0)), row.integer(1)};
}

Row require_row(TrainingStore& store, const PersonId& person, const ClassId& class_id)
{
    if (const auto row = row_of(store, person, class_id)) return *row;
    throw std::logic_error("an event about a place that person " + to_string(person) + " does not hold in class " +
                           to_string(class_id));
}

void forget_offer(TrainingStore& store, const ClassId& class_id, std::int64_t number)
{
    const auto offer = offer_id(class_id, number);
    store.database().run("DELETE FROM offers WHERE offer_id = ?1", offer);
    messaging::Timers(store.database()).clear(offer_lapses, offer);
}

// A person who was not in the class takes the next arrival number.
template <class Event>
void enter(TrainingStore& store, const Event& event, Place place)
{
    const auto by = change(place, +1);
    auto& database = store.database();
    database.run(
        "UPDATE classes SET arrivals = arrivals + 1, taken = taken + ?2, waiting = waiting + ?3 WHERE class_id = ?1",
        event.class_id, by.taken, by.waiting);
    if (database.changes() != 1)
        throw std::logic_error("an event about class " + to_string(event.class_id) + ", which was not opened");
    // Not INSERT ... SELECT: of what may be many rows SQLite keeps a copy of every page that it changes.
    database.run(
        "INSERT INTO enrollments (person_id, class_id, campaign_id, state, number, at)"
        " VALUES (?1, ?2, ?3, ?4, (SELECT arrivals FROM classes WHERE class_id = ?2), ?5)",
        event.person_id, event.class_id, event.campaign_id, to_column(place), event.at);
}

// The same person, on the same number, elsewhere.
template <class Event>
void move(TrainingStore& store, const Event& event, const Row& from, Place to)
{
    const auto out = change(from.place, -1);
    const auto in = change(to, +1);
    store.database().run(
        "UPDATE classes SET taken = taken + ?2, offered = offered + ?3, waiting = waiting + ?4 WHERE class_id = ?1",
        event.class_id, out.taken + in.taken, out.offered + in.offered, out.waiting + in.waiting);
    store.database().run("UPDATE enrollments SET state = ?3, at = ?4 WHERE person_id = ?1 AND class_id = ?2",
                         event.person_id, event.class_id, to_column(to), event.at);
    if (from.place == Place::offered) forget_offer(store, event.class_id, from.number);
}

template <class Event>
void go(TrainingStore& store, const Event& event)
{
    const auto row = require_row(store, event.person_id, event.class_id);
    const auto out = change(row.place, -1);
    store.database().run(
        "UPDATE classes SET taken = taken + ?2, offered = offered + ?3, waiting = waiting + ?4 WHERE class_id = ?1",
        event.class_id, out.taken, out.offered, out.waiting);
    store.database().run("DELETE FROM enrollments WHERE person_id = ?1 AND class_id = ?2", event.person_id,
                         event.class_id);
    if (row.place == Place::offered) forget_offer(store, event.class_id, row.number);
}

// "Sixteen in the year of the class" needs no birthday, which nobody here is told.
std::optional<std::int64_t> latest_birth_year(const ClassOpened& event)
{
    if (!event.eligibility || !event.eligibility->minimum_age) return std::nullopt;
    const std::chrono::year_month_day first_day{
        std::chrono::floor<std::chrono::days>(event.sessions.front().starts_at)};
    return static_cast<int>(first_day.year()) - *event.eligibility->minimum_age;
}

}  // namespace

void evolve(TrainingStore& store, const CourseAdded& event)
{
    store.database().run("INSERT INTO courses (course_id, title_zh, title_en, description) VALUES (?1, ?2, ?3, ?4)",
                         event.course_id, event.title_zh, event.title_en, event.description);
}

void evolve(TrainingStore& store, const CampaignPlanned& event)
{
    store.database().run(
        "INSERT INTO campaigns (campaign_id, organisation_id, name_zh, name_en, opens_at, closes_at,"
        " classes_per_person, offer_seconds, cancel_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        event.campaign_id, event.organisation_id, event.name_zh, event.name_en, event.opens_at, event.closes_at,
        event.classes_per_person, event.offer_seconds, event.cancel_until);
}

void evolve(TrainingStore& store, const CampaignChanged& event)
{
    store.database().run(
        "UPDATE campaigns SET name_zh = ?2, name_en = ?3, opens_at = ?4, closes_at = ?5 WHERE campaign_id = ?1",
        event.campaign_id, event.name_zh, event.name_en, event.opens_at, event.closes_at);
}

void evolve(TrainingStore& store, const ClassOpened& event)
{
    const auto eligibility = event.eligibility.value_or(Eligibility{});
    store.database().run(
        "INSERT INTO classes (class_id, campaign_id, capacity, begins_at, new_employment_only,"
        " required_organisation_id, latest_birth_year, course_id, organisation_id, minimum, teacher, venue)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        event.class_id, event.campaign_id, event.capacity, event.sessions.front().starts_at,
        eligibility.new_employment_only.value_or(false), eligibility.organisation_id, latest_birth_year(event),
        event.course_id, event.organisation_id, event.minimum, event.teacher, event.venue);
    for (const auto& session : event.sessions)
        store.database().run("INSERT INTO sessions (class_id, starts_at, ends_at) VALUES (?1, ?2, ?3)", event.class_id,
                             session.starts_at, session.ends_at);
}

void evolve(TrainingStore& store, const SeatTaken& event)
{
    if (event.via == SeatTakenVia::first_come) return enter(store, event, Place::taken);
    move(store, event, require_row(store, event.person_id, event.class_id), Place::taken);
}

void evolve(TrainingStore& store, const Waitlisted& event)
{
    enter(store, event, Place::waiting);
}

void evolve(TrainingStore& store, const SeatOffered& event)
{
    const auto row = require_row(store, event.person_id, event.class_id);
    move(store, event, row, Place::offered);
    const auto offer = offer_id(event.class_id, row.number);
    store.database().run(
        "INSERT INTO offers (offer_id, person_id, class_id, campaign_id, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        offer, event.person_id, event.class_id, event.campaign_id, event.expires_at);
    messaging::Timers(store.database()).set(offer_lapses, offer, event.expires_at);
}

void evolve(TrainingStore& store, const OfferLapsed& event)
{
    go(store, event);
}

void evolve(TrainingStore& store, const OfferDeclined& event)
{
    go(store, event);
}

void evolve(TrainingStore& store, const EnrollmentCancelled& event)
{
    go(store, event);
}

void evolve(TrainingStore& store, const WaitingLeft& event)
{
    go(store, event);
}

}  // namespace gonghui::training
