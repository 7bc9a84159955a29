#include "services/training/domain/admission.hpp"

#include <algorithm>

namespace gonghui::training {

namespace {

bool overlap(const std::vector<Session>& one, const std::vector<Session>& other)
{
    auto left = one.begin();
    auto right = other.begin();
    while (left != one.end() && right != other.end()) {
        if (left->ends_at <= right->starts_at)
            ++left;
        else if (right->ends_at <= left->starts_at)
            ++right;
        else
            return true;
    }
    return false;
}

bool meets(const Conditions& conditions, const PersonFacts& person)
{
    if (conditions.new_employment_only && !person.new_employment) return false;
    if (conditions.organisation && !person.belongs_to_required_organisation) return false;
    const auto& latest = conditions.latest_birth_year;
    // Who has no year of birth on record cannot show that they are old enough.
    return !latest || (person.birth_year && *person.birth_year <= *latest);
}

}  // namespace

std::optional<Refusal> not_entitled(const ClassFacts& wanted, const PersonFacts& person)
{
    if (!person.is_member) return Refusal{refusal::not_a_member, {}};
    if (!meets(wanted.conditions, person)) return Refusal{refusal::not_eligible, {}};
    return std::nullopt;
}

std::optional<Refusal> no_room(const ClassFacts& wanted, const PersonFacts& person)
{
    const auto in_campaign = std::count_if(person.held.begin(), person.held.end(), [&](const HeldPlace& held) {
        return held.campaign_id == wanted.campaign.id;
    });
    if (in_campaign >= wanted.campaign.classes_per_person)
        return Refusal{refusal::personal_cap_reached, {{"classes_per_person", wanted.campaign.classes_per_person}}};

    for (const auto& held : person.held)
        if (overlap(wanted.sessions, held.sessions))
            return Refusal{refusal::time_clash, {{"class_id", to_string(held.class_id)}}};
    return std::nullopt;
}

std::optional<UtcTime> offer_until(const ClassFacts& freed, UtcTime now)
{
    const auto latest = freed.begins_at - std::chrono::hours(1);
    const auto until = std::min<UtcTime>(now + freed.campaign.offer_time, latest);
    // At `latest` itself nobody could answer any more; a seat given at once needs no answer.
    const bool in_time = freed.campaign.offer_time.count() == 0 ? now < freed.begins_at : now < until;
    return in_time ? std::optional(until) : std::nullopt;
}

std::optional<Refusal> passed_over(const ClassFacts& freed, const PersonFacts& person, UtcTime now)
{
    if (!offer_until(freed, now))
        return Refusal{refusal::class_started, {{"starts_at", to_microseconds(freed.begins_at)}}};
    if (auto reason = not_entitled(freed, person)) return reason;
    return no_room(freed, person);
}

}  // namespace gonghui::training
