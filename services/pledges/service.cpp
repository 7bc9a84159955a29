#include "service.hpp"

#include "board.hpp"

#include <schemas/generated/matchmaking/codecs.hpp>
#include <schemas/generated/pledges/codecs.hpp>
#include <schemas/generated/registration/codecs.hpp>
#include <schemas/generated/stations/codecs.hpp>
#include <schemas/generated/training/codecs.hpp>

namespace gonghui::pledges {

namespace {

using sqlite::Database;

// --- what registration says

void evolve(Database& db, const registration::OrganisationFounded& event)
{
    db.run("INSERT INTO organisations (organisation_id) VALUES (?)", event.organisation_id);
}

void evolve(Database& db, const registration::OrganisationClosed& event)
{
    db.run("UPDATE organisations SET is_closed = 1 WHERE organisation_id = ?", event.organisation_id);
}

// Whoever leaves and joins again within a year is one new member of it.
void evolve(Database& db, const registration::MemberJoined& event)
{
    const auto today = date_of(event.at);
    const auto before = db.value<std::int64_t>("SELECT joined_on FROM members WHERE person_id = ?", event.person_id);
    db.run("INSERT OR REPLACE INTO members VALUES (?, ?, ?)", event.person_id, event.organisation_id,
           day_number(today));
    if (before && year_of(date_of_day(*before)) == year_of(today)) return;
    db.run("INSERT INTO joined VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET number = number + 1", event.organisation_id,
           day_number(today));
}

void evolve(Database& db, const registration::MemberTransferred& event)
{
    db.run("UPDATE members SET organisation_id = ? WHERE person_id = ?", event.to_organisation_id, event.person_id);
}

void evolve(Database& db, const registration::PersonErased& event)
{
    db.run("DELETE FROM members WHERE person_id = ?", event.person_id);
    db.run("DELETE FROM seats WHERE person_id = ?", event.person_id);
}

// --- what training, matchmaking and stations say

void evolve(Database& db, const training::SeatTaken& event)
{
    db.run("INSERT OR REPLACE INTO seats VALUES (?, ?, ?)", event.person_id, event.class_id,
           day_number(date_of(event.at)));
}

void evolve(Database& db, const training::EnrollmentCancelled& event)
{
    db.run("DELETE FROM seats WHERE person_id = ? AND class_id = ?", event.person_id, event.class_id);
}

void evolve(Database& db, const matchmaking::EveningPlanned& event)
{
    db.run("INSERT INTO evenings (evening_id, organisation_id) VALUES (?, ?)", event.evening_id, event.organisation_id);
}

// An evening to which nobody came was not held.
void evolve(Database& db, const matchmaking::CheckedIn& event)
{
    db.run("UPDATE evenings SET held_on = ? WHERE evening_id = ? AND held_on IS NULL", day_number(date_of(event.at)),
           event.evening_id);
}

void evolve(Database& db, const stations::Registered& event)
{
    db.run("INSERT INTO stations VALUES (?, ?)", event.station_id, event.description.organisation_id);
}

void evolve(Database& db, const stations::Changed& event)
{
    db.run("UPDATE stations SET organisation_id = ? WHERE station_id = ?", event.description.organisation_id,
           event.station_id);
}

void evolve(Database& db, const stations::Visited& event)
{
    db.run("INSERT INTO visits VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET number = number + 1", event.station_id,
           day_number(event.day));
}

// --- what it says itself

void add_entry(Database& db, const PledgeId& pledge, What what, const std::optional<std::string>& reason, By by,
               UtcTime at)
{
    db.run(
        "INSERT INTO entries (pledge_id, what, target, title_zh, title_en, reason, role, at)"
        " SELECT pledge_id, ?2, target, title_zh, title_en, ?3, ?4, ?5 FROM pledges WHERE pledge_id = ?1",
        pledge, to_string(what), reason, to_string(by), at);
}

void evolve(Database& db, const Pledged& event)
{
    db.run(
        "INSERT INTO pledges (pledge_id, organisation_id, year, kind, target, first_target, title_zh, title_en)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7)",
        event.pledge_id, event.organisation_id, event.year, to_string(event.kind), event.target, event.title_zh,
        event.title_en);
    add_entry(db, event.pledge_id, What::pledged, std::nullopt, event.by, event.at);
}

void evolve(Database& db, const Changed& event)
{
    db.run("UPDATE pledges SET target = ?2, title_zh = ?3, title_en = ?4 WHERE pledge_id = ?1", event.pledge_id,
           event.target, event.title_zh, event.title_en);
    add_entry(db, event.pledge_id, What::changed, event.reason, event.by, event.at);
}

void evolve(Database& db, const Withdrawn& event)
{
    db.run("UPDATE pledges SET is_withdrawn = 1 WHERE pledge_id = ?", event.pledge_id);
    add_entry(db, event.pledge_id, What::withdrawn, event.reason, event.by, event.at);
}

// --- who asks

template <class Message>
Deciding deciding(Database& db, const Request<Message>& request, const std::optional<OrganisationId>& organisation)
{
    const auto place = organisation ? std::optional(organisation->uuid) : std::nullopt;
    return {request.actor, Places(db).standing(request.actor, place), request.now};
}

template <class Message>
bool permitted(Database& db, const Request<Message>& request, const std::optional<Uuid>& concerned = std::nullopt)
{
    return permits(Message::rights, request.actor, Places(db).standing(request.actor, std::nullopt), concerned);
}

template <class Command, class Event>
Decided<Accepted<Command>> accepted(const Decided<Event>& decided)
{
    return decided.map([](const Event& event) { return Accepted<Command>{.events = {event}}; });
}

std::optional<OrganisationId> organisation_of(const std::optional<PledgeFacts>& facts)
{
    return facts ? std::optional(facts->organisation) : std::nullopt;
}

}  // namespace

Decided<Accepted<Pledge>> handle(Database& db, const Request<Pledge>& request)
{
    const auto& promised = request.data;
    return accepted<Pledge>(pledge(promised, deciding(db, request, promised.organisation_id),
                                   organisation(db, promised.organisation_id), pledge(db, promised.pledge_id)));
}

Decided<Accepted<Change>> handle(Database& db, const Request<Change>& request)
{
    const auto facts = pledge(db, request.data.pledge_id);
    return accepted<Change>(change(request.data, deciding(db, request, organisation_of(facts)), facts));
}

Decided<Accepted<Withdraw>> handle(Database& db, const Request<Withdraw>& request)
{
    const auto facts = pledge(db, request.data.pledge_id);
    return accepted<Withdraw>(withdraw(request.data, deciding(db, request, organisation_of(facts)), facts));
}

Decided<BoardReply> handle(Database& db, const Request<Board>& request)
{
    const auto& asked = request.data;
    if (organisation(db, asked.organisation_id) == Organisation::unknown) return refused(refusal::unknown_organisation);
    const auto today = date_of(request.now);
    const auto year = asked.year.value_or(year_of(today));
    const auto language = asked.language.value_or(Language::zh_cn);
    const auto so_far = passed(year, today);
    auto pledges = board(db, asked.organisation_id, year, language);
    for (auto& one : pledges) judge(one, so_far, language);
    auto line = glance(pledges, so_far, language);
    return BoardReply{.year = year,
                      .on = day_in(year, today),
                      .year_percent = percent(so_far),
                      .glance = std::move(line),
                      .pledges = std::move(pledges),
                      .withdrawn = withdrawn(db, asked.organisation_id, year)};
}

Decided<HistoryReply> handle(Database& db, const Request<History>& request)
{
    const auto facts = pledge(db, request.data.pledge_id);
    if (!facts) return refused(refusal::unknown_pledge);
    return HistoryReply{.organisation_id = facts->organisation,
                        .year = facts->year,
                        .kind = facts->kind,
                        .entries = history(db, request.data.pledge_id)};
}

Decided<CountsReply> handle(Database& db, const Request<Counts>& request)
{
    if (!permitted(db, request)) return refused(refusal::not_permitted);
    return counts(db);
}

Decided<HeldAboutReply> handle(Database& db, const Request<HeldAbout>& request)
{
    if (!permitted(db, request, request.data.person_id.uuid)) return refused(refusal::not_permitted);
    return held_about(db, request.data.person_id);
}

namespace {

template <class... Events>
void hear(Service& service)
{
    (service.evolve<Events>([](Database& db, const Events& event) { evolve(db, event); }), ...);
}

template <class... Commands>
void obey(Service& service)
{
    (service.command<Commands>([](Database& db, const Request<Commands>& request) { return handle(db, request); }),
     ...);
}

template <class... Queries>
void tell(Service& service)
{
    (service.query<Queries>([](Database& db, const Request<Queries>& request) { return handle(db, request); }), ...);
}

}  // namespace

void wire(Service& service)
{
    service.keeps_places();
    hear<registration::OrganisationFounded, registration::OrganisationClosed, registration::MemberJoined,
         registration::MemberTransferred, registration::PersonErased>(service);
    hear<training::SeatTaken, training::EnrollmentCancelled>(service);
    hear<matchmaking::EveningPlanned, matchmaking::CheckedIn>(service);
    hear<stations::Registered, stations::Changed, stations::Visited>(service);
    hear<Pledged, Changed, Withdrawn>(service);
    obey<Pledge, Change, Withdraw>(service);
    tell<Board, History, Counts, HeldAbout>(service);
}

}  // namespace gonghui::pledges
