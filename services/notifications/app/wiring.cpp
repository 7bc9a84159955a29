#include "services/notifications/app/wiring.hpp"

#include "schemas/generated/matchmaking/codecs.hpp"
#include "schemas/generated/notifications/codecs.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "schemas/generated/training/codecs.hpp"
#include "services/notifications/app/commands.hpp"
#include "services/notifications/app/queries.hpp"
#include "services/notifications/app/reactions.hpp"

namespace gonghui::notifications {

namespace {

using Handlers = messaging::Handlers<NotificationsStore>;

template <class Command>
void command(Handlers& handlers)
{
    handlers.command<Command>([](const Command& command, NotificationsUnit& unit) { return handle(command, unit); });
}

template <class Query>
void query(Handlers& handlers)
{
    handlers.query<Query>([](const Query& query, const messaging::Context& context, NotificationsStore& reader) {
        return handle(query, context, reader);
    });
}

// Every partition follows everything, and reacts to what is about its own people.
template <class Event, class React>
void follow(Handlers& handlers, const Ports& ports, React react)
{
    handlers.follow<Event>([ports, react](const Event& event, NotificationsUnit& unit) {
        if (ports.share.has(event.person_id.uuid)) react(event, unit);
    });
}

template <class Event>
void lesson(Handlers& handlers, const Ports& ports)
{
    follow<Event>(handlers, ports, [ports](const Event& event, NotificationsUnit& unit) {
        tell(notice_of(event, lesson_of(event.class_id, unit)), unit, ports);
    });
}

template <class Event>
void evening(Handlers& handlers, const Ports& ports)
{
    follow<Event>(handlers, ports, [ports](const Event& event, NotificationsUnit& unit) {
        tell(notice_of(event, evening_of(event.evening_id, unit)), unit, ports);
    });
}

void membership(Handlers& handlers, const Ports& ports)
{
    using namespace registration;
    follow<MemberJoined>(handlers, ports, [ports](const MemberJoined& event, NotificationsUnit& unit) {
        if (!event.application_id) return;
        if (const auto notice = notice_of(event, union_of(event.organisation_id, unit))) tell(*notice, unit, ports);
    });
    follow<ApplicationRefused>(handlers, ports, [ports](const ApplicationRefused& event, NotificationsUnit& unit) {
        tell(notice_of(event), unit, ports);
    });
    follow<MemberTransferred>(handlers, ports, [ports](const MemberTransferred& event, NotificationsUnit& unit) {
        tell(notice_of(event, union_of(event.to_organisation_id, unit)), unit, ports);
    });
    follow<MemberRetained>(handlers, ports, [ports](const MemberRetained& event, NotificationsUnit& unit) {
        tell(notice_of(event), unit, ports);
    });
    follow<MemberRestored>(handlers, ports, [ports](const MemberRestored& event, NotificationsUnit& unit) {
        tell(notice_of(event, union_of(event.organisation_id, unit)), unit, ports);
    });
    follow<MemberLeft>(handlers, ports, [ports](const MemberLeft& event, NotificationsUnit& unit) {
        if (const auto notice = notice_of(event)) tell(*notice, unit, ports);
    });
}

}  // namespace

void wire(Handlers& handlers, const Ports& ports)
{
    command<SetPreference>(handlers);
    command<SetQuietHours>(handlers);
    command<MarkRead>(handlers);
    command<ReportDelivery>(handlers);
    handlers.command<SendCode>(
        [ports](const SendCode& command, NotificationsUnit& unit) { return handle(command, unit, ports); });

    query<Inbox>(handlers);
    query<HeldAbout>(handlers);
    query<UnreadCount>(handlers);
    query<Preferences>(handlers);
    query<Deliveries>(handlers);
    query<TemplatePreview>(handlers);

    handlers.own_all<Event>();
    handlers.timer(std::string(email_due), [ports](const messaging::Timer& timer, NotificationsUnit& unit) {
        on_email_due(timer, unit, ports);
    });

    for (auto& [service, tables] : NotificationsStore::read_models()) handlers.read_model(service, tables);
    handlers.follow<QuietHoursSet>();  // of the catalogue
    handlers.follow<registration::OrganisationFounded>();
    handlers.follow<registration::OrganisationMoved>();
    handlers.follow<registration::RoleGranted>();
    handlers.follow<registration::RoleRevoked>();
    handlers.follow<registration::ApplicationSubmitted>();
    handlers.follow<registration::ContactChanged>();
    follow<registration::PersonErased>(handlers, ports, [](const auto& event, NotificationsUnit& unit) {
        unit.record(PersonForgotten{event.person_id, unit.context.now});
    });
    handlers.follow<registration::Announced>();
    handlers.follow<registration::AnnouncementAddressed>(
        [ports](const registration::AnnouncementAddressed& event, NotificationsUnit& unit) {
            on_addressed(event, unit, ports);
        });
    membership(handlers, ports);

    handlers.follow<training::CourseAdded>();
    handlers.follow<training::ClassOpened>();
    lesson<training::SeatTaken>(handlers, ports);
    lesson<training::Waitlisted>(handlers, ports);
    lesson<training::SeatOffered>(handlers, ports);
    lesson<training::OfferLapsed>(handlers, ports);
    lesson<training::EnrollmentCancelled>(handlers, ports);
    lesson<training::WaitingLeft>(handlers, ports);

    handlers.follow<matchmaking::EveningPlanned>();
    evening<matchmaking::SignedUp>(handlers, ports);
    evening<matchmaking::SignUpWaitlisted>(handlers, ports);
    evening<matchmaking::SignUpPromoted>(handlers, ports);
    evening<matchmaking::SignUpCancelled>(handlers, ports);
    evening<matchmaking::ResultReady>(handlers, ports);
}

void migrate(sqlite::Database& database)
{
    sqlite::migrate(database, "places", places_migrations());
    sqlite::migrate(database, "notifications", NotificationsStore::migrations());
}

}  // namespace gonghui::notifications
