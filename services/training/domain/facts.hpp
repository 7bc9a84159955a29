#pragma once
// What the rules of training are told. Storage loads these; no rule asks for more.

#include "common/actor/actor.hpp"
#include "common/time/clock.hpp"
#include "schemas/generated/training/messages.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace gonghui::training {

// Where a person stands in a class. A seat that is offered is as little free as one that is taken.
using Place = PlaceState;

struct CampaignFacts {
    CampaignId id;
    OrganisationId organisation;
    UtcTime opens_at;
    UtcTime closes_at;
    std::int64_t classes_per_person = 2;
    std::chrono::seconds offer_time{0};   // zero: a freed seat is given at once
    std::optional<UtcTime> cancel_until;  // absent: until the class begins
};

// Absent conditions do not restrict.
struct Conditions {
    bool new_employment_only = false;
    std::optional<OrganisationId> organisation;     // its members and those of every organisation below it
    std::optional<std::int64_t> latest_birth_year;  // born later: too young
};

struct ClassFacts {
    ClassId id;
    CampaignFacts campaign;
    std::int64_t capacity = 0;
    std::int64_t taken = 0;
    std::int64_t offered = 0;
    std::int64_t waiting = 0;
    UtcTime begins_at;              // the first session
    std::vector<Session> sessions;  // in order; loaded when the person holds a place that they could clash with
    Conditions conditions;

    [[nodiscard]] std::int64_t free_seats() const { return capacity - taken - offered; }
};

// A seat or an offer that a person holds in another class. Waiting places bind nobody and are not among them.
struct HeldPlace {
    ClassId class_id;
    CampaignId campaign_id;
    std::vector<Session> sessions;  // in order
};

struct PersonFacts {
    PersonId id;
    bool is_member = false;                      // verified, and the membership is in force
    std::optional<OrganisationId> organisation;  // the present or last one
    bool new_employment = false;
    bool belongs_to_required_organisation = true;  // true when the class requires none
    std::optional<std::int64_t> birth_year;
    std::optional<Place> place;  // in the class in question
    std::vector<HeldPlace> held;
};

}  // namespace gonghui::training
