#include "services/training/app/queries.hpp"

#include "schemas/generated/training/codecs.hpp"
#include "services/training/domain/admission.hpp"

#include <stdexcept>

namespace gonghui::training {

using messaging::Context;
using messaging::Reply;

namespace {

constexpr std::int64_t roster_page = 500;
constexpr std::int64_t campaigns_shown = 100;

template <class Query>
bool permitted(const Context& context, const TrainingStore& reader, const std::optional<Uuid>& place,
               const std::optional<Uuid>& concerned)
{
    return permits(Query::rights, context.actor, reader.places().standing(context.actor, place), concerned);
}

Reply not_permitted()
{
    return Reply::refused({refusal::not_permitted, {}});
}

PassedOverFor reason_of(const Refusal& refusal)
{
    if (refusal.code == refusal::not_a_member) return PassedOverFor::not_a_member;
    if (refusal.code == refusal::not_eligible) return PassedOverFor::not_eligible;
    if (refusal.code == refusal::personal_cap_reached) return PassedOverFor::personal_cap_reached;
    if (refusal.code == refusal::time_clash) return PassedOverFor::time_clash;
    if (refusal.code == refusal::class_started) return PassedOverFor::class_started;
    throw std::logic_error("no word for being passed over for " + std::string(refusal.code));
}

}  // namespace

Reply handle(const Campaigns& query, const Context& context, TrainingStore& reader)
{
    if (!permitted<Campaigns>(context, reader, std::nullopt, std::nullopt)) return not_permitted();
    return Reply::accepted(reader.campaigns_closing_after(query.closing_after.value_or(context.now), campaigns_shown));
}

Reply handle(const Courses&, const Context& context, TrainingStore& reader)
{
    if (!permitted<Courses>(context, reader, std::nullopt, std::nullopt)) return not_permitted();
    return Reply::accepted(reader.courses());
}

Reply handle(const CampaignStatus& query, const Context& context, TrainingStore& reader)
{
    if (!permitted<CampaignStatus>(context, reader, reader.organisation_of(query.campaign_id), std::nullopt))
        return not_permitted();
    const auto status = reader.campaign_status(query.campaign_id);
    if (!status) return Reply::refused({refusal::unknown_campaign, {}});
    return Reply::accepted(*status);
}

Reply handle(const MyEnrollments& query, const Context& context, TrainingStore& reader)
{
    const auto organisation = reader.organisation_of(query.person_id);
    if (!permitted<MyEnrollments>(context, reader, organisation, query.person_id.uuid)) return not_permitted();
    return Reply::accepted(reader.enrollments_of(query.person_id));
}

Reply handle(const HeldAbout& query, const Context& context, TrainingStore& reader)
{
    if (!permitted<HeldAbout>(context, reader, std::nullopt, query.person_id.uuid)) return not_permitted();
    return Reply::accepted(reader.held_about(query.person_id));
}

Reply handle(const MyRank& query, const Context& context, TrainingStore& reader)
{
    const auto organisation = reader.organisation_of(query.person_id);
    if (!permitted<MyRank>(context, reader, organisation, query.person_id.uuid)) return not_permitted();

    const auto facts = reader.enroll_facts(query.campaign_id, query.class_id, query.person_id);
    if (!facts.training_class) return Reply::refused({refusal::unknown_class, {}});
    if (!facts.person.place) return Reply::refused({refusal::not_enrolled, {}});

    MyRankReply reply;
    reply.state = *facts.person.place;
    reply.waiting = facts.training_class->waiting;
    reply.free_seats = facts.training_class->free_seats();
    reply.rank = reader.rank(query.class_id, query.person_id);
    reply.expires_at = reader.place_facts(query.campaign_id, query.class_id, query.person_id).offer_expires_at;
    if (facts.person.place == Place::waiting)
        if (const auto reason = passed_over(*facts.training_class, facts.person, context.now))
            reply.passed_over_for = reason_of(*reason);
    return Reply::accepted(reply);
}

Reply handle(const ClassRoster& query, const Context& context, TrainingStore& reader)
{
    const auto host = reader.organisation_of(query.campaign_id, query.class_id);
    if (!permitted<ClassRoster>(context, reader, host, std::nullopt)) return not_permitted();
    if (!host) return Reply::refused({refusal::unknown_class, {}});
    return Reply::accepted(reader.roster(query.class_id, query.state.value_or(PlaceState::taken),
                                         query.after_number.value_or(0), query.limit.value_or(roster_page)));
}

}  // namespace gonghui::training
