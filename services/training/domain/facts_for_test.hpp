#pragma once
// Facts to start a test from: an evening class a week ahead in an open campaign, and a member who may take part.

#include "common/result/refusal.hpp"
#include "services/training/domain/facts.hpp"

namespace gonghui::training {

inline constexpr UtcTime test_now = from_microseconds(1'790'000'000'000'000);

template <class AnyId>
AnyId test_id(unsigned char number)
{
    AnyId id;
    id.uuid.bytes.back() = std::byte{number};
    return id;
}

inline Session evening(int days_ahead, std::chrono::hours at = std::chrono::hours(0))
{
    const auto starts_at = test_now + std::chrono::hours(24 * days_ahead) + at;
    return {starts_at, starts_at + std::chrono::hours(2)};
}

inline ClassFacts evening_class()
{
    ClassFacts facts;
    facts.id = test_id<ClassId>(1);
    facts.campaign.id = test_id<CampaignId>(1);
    facts.campaign.organisation = test_id<OrganisationId>(1);
    facts.campaign.opens_at = test_now - std::chrono::hours(1);
    facts.campaign.closes_at = test_now + std::chrono::hours(24);
    facts.campaign.offer_time = std::chrono::hours(24);
    facts.capacity = 30;
    facts.sessions = {evening(7), evening(14)};
    facts.begins_at = facts.sessions.front().starts_at;
    return facts;
}

inline PersonFacts a_member()
{
    PersonFacts person;
    person.id = test_id<PersonId>(1);
    person.is_member = true;
    person.organisation = test_id<OrganisationId>(2);
    person.birth_year = 1990;
    return person;
}

inline HeldPlace another_class(unsigned char number, std::vector<Session> sessions)
{
    return {test_id<ClassId>(number), test_id<CampaignId>(1), std::move(sessions)};
}

inline Actor worker(const PersonId& person)
{
    return {Role::worker, person.uuid, {}, "edge"};
}

inline Actor officer()
{
    return {Role::officer, test_id<PersonId>(200).uuid, test_id<OrganisationId>(2).uuid, "edge"};
}

inline constexpr Standing worker_standing{true, false};
inline constexpr Standing own_place{true, true};
inline constexpr Standing other_place{true, false};

// The code of a refusal, or what else came; for EXPECT_EQ.
template <class T>
std::string_view refusal_of(const Decided<T>& decided)
{
    return decided ? "decided" : decided.error().code;
}

}  // namespace gonghui::training
