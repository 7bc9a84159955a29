#include "services/training/app/wiring.hpp"

#include "schemas/generated/registration/codecs.hpp"
#include "schemas/generated/training/codecs.hpp"
#include "services/training/app/commands.hpp"
#include "services/training/app/queries.hpp"
#include "services/training/app/reactions.hpp"

namespace gonghui::training {

namespace {

template <class Command>
void command(messaging::Handlers<TrainingStore>& handlers)
{
    handlers.command<Command>([](const Command& command, TrainingUnit& unit) { return handle(command, unit); });
}

template <class Query>
void query(messaging::Handlers<TrainingStore>& handlers)
{
    handlers.query<Query>([](const Query& query, const messaging::Context& context, TrainingStore& reader) {
        return handle(query, context, reader);
    });
}

}  // namespace

void wire(messaging::Handlers<TrainingStore>& handlers)
{
    command<AddCourse>(handlers);
    command<PlanCampaign>(handlers);
    command<ChangeCampaign>(handlers);
    command<OpenClass>(handlers);
    command<Enroll>(handlers);
    command<Cancel>(handlers);
    command<AcceptOffer>(handlers);
    command<DeclineOffer>(handlers);

    query<Campaigns>(handlers);
    query<Courses>(handlers);
    query<CampaignStatus>(handlers);
    query<MyEnrollments>(handlers);
    query<HeldAbout>(handlers);
    query<MyRank>(handlers);
    query<ClassRoster>(handlers);

    handlers.own_all<Event>();
    handlers.timer(std::string(offer_lapses), on_offer_lapses);

    handlers.read_model("training", {"courses"});
    handlers.follow<CourseAdded>();  // of the catalogue

    handlers.read_model("registration", read_model_of_registration());
    handlers.follow<registration::OrganisationFounded>();
    handlers.follow<registration::OrganisationMoved>(on_organisation_moved);
    handlers.follow<registration::RoleGranted>();
    handlers.follow<registration::RoleRevoked>();
    handlers.follow<registration::MemberJoined>();
    handlers.follow<registration::MemberTransferred>(on_member_transferred);
    handlers.follow<registration::MemberLeft>(on_member_left);
    handlers.follow<registration::PersonErased>();
}

}  // namespace gonghui::training
