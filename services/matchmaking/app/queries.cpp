// Readings. On a reader's thread, over a store of its own; personal text is opened here and nowhere else.

#include "schemas/generated/matchmaking/codecs.hpp"
#include "services/matchmaking/app/handlers.hpp"
#include "services/matchmaking/app/profile_texts.hpp"
#include "services/matchmaking/domain/reading.hpp"

#include <algorithm>

namespace gonghui::matchmaking {

namespace {

using messaging::Context;
using messaging::Reply;

constexpr std::int64_t profiles_on_a_page = 20;
constexpr std::int64_t rows_on_a_page = 100;

Reply not_permitted()
{
    return Reply::refused({refusal::not_permitted, {}});
}

Reply unknown_evening()
{
    return Reply::refused({refusal::unknown_evening, {}});
}

Opener opener_for(const Ports& ports, const PersonId& owner)
{
    return Opener(ports.reader_keys.find(owner.uuid));
}

Reply browse(const Browse& query, const Context& context, MatchmakingStore& store, const Ports& ports)
{
    const auto asker = store.participant(query.person_id);
    if (const auto no = may_browse(store.standing(context.actor), asker, query, context.actor, context.now))
        return Reply::refused(*no);

    const auto limit = query.limit.value_or(profiles_on_a_page);
    // One more than shown tells whether there are more.
    auto profiles = store.profiles(other_side(asker.member->side), query.person_id, query.after, limit + 1);
    BrowseReply reply;
    reply.more = std::ssize(profiles) > limit;
    if (reply.more) profiles.pop_back();
    for (const auto& profile : profiles)
        reply.profiles.push_back(shown_to_others(opener_for(ports, profile.person), profile));
    return Reply::accepted(reply);
}

// What the owner wrote and ticked, all of it.
template <class Shown>
void show_to_owner(Shown& shown, const Opener& opener, const StoredProfile& profile)
{
    shown.name = opener.open(text_place::name, profile.name);
    shown.contact = opener.open(text_place::contact, profile.contact);
    shown.nickname = opener.open(text_place::nickname, profile.nickname);
    shown.occupation = opener.open(text_place::occupation, profile.occupation);
    shown.about = opener.open(text_place::about, profile.about);
    shown.hobbies = opener.open(text_place::hobbies, profile.hobbies);
    shown.wishes = opener.open(text_place::wishes, profile.wishes);
    shown.visible = profile.visible;
}

Reply my_profile(const MyProfile& query, const Context& context, MatchmakingStore& store, const Ports& ports)
{
    if (!permits(MyProfile::rights, context.actor, store.standing(context.actor), query.person_id.uuid))
        return not_permitted();
    const auto self = store.participant(query.person_id);
    MyProfileReply reply;
    reply.declared = self.declared_by.has_value();
    for (const auto purpose : {Purpose::profile, Purpose::evenings, Purpose::contacts})
        if (self.consents.given(purpose)) reply.consents.push_back(purpose);
    if (const auto profile = store.profile(query.person_id)) {
        reply.published = true;
        show_to_owner(reply, opener_for(ports, query.person_id), *profile);
    }
    return Reply::accepted(reply);
}

HeldProfile held_profile(const Opener& opener, const StoredProfile& profile)
{
    HeldProfile held;
    held.sex = profile.sex;
    held.birth_year = profile.birth_year;
    held.at = profile.at;
    show_to_owner(held, opener, profile);
    return held;
}

void add_reports(HeldAboutReply& reply, const Opener& opener, std::vector<StoredReport> reports)
{
    // One more than shown tells whether there are more.
    if (std::ssize(reports) > rows_on_a_page) {
        reports.pop_back();
        reply.next = reports.back().id;
    }
    for (const auto& report : reports)
        reply.reports.push_back({.report_id = report.id,
                                 .reported_id = report.reported,
                                 .reason = report.reason,
                                 .note = opener.open(text_place::note, report.note),
                                 .at = report.at});
}

Reply held_about(const HeldAbout& query, const Context& context, MatchmakingStore& store, const Ports& ports)
{
    if (!permits(HeldAbout::rights, context.actor, store.standing(context.actor), query.person_id.uuid))
        return not_permitted();
    const auto profile = store.profile(query.person_id);
    auto reports = store.reports_by(query.person_id, query.after, rows_on_a_page + 1);
    const auto key = ports.reader_keys.find(query.person_id.uuid);
    const bool has_texts =
        profile || std::ranges::any_of(reports, [](const auto& one) { return one.note.has_value(); });
    // A copy that leaves texts out would look whole.
    if (has_texts && !key) throw messaging::NotReady("the person's key is on its way");
    const Opener opener(key);
    HeldAboutReply reply;
    if (!query.after) {
        reply = store.held_about(query.person_id);
        if (profile) reply.profile = held_profile(opener, *profile);
    }
    add_reports(reply, opener, std::move(reports));
    return Reply::accepted(reply);
}

// EveningStatusReply and EveningCard begin alike.
template <class Card>
Card card_of(const StoredEvening& stored)
{
    Card card;
    card.evening_id = stored.evening.id;
    card.organisation_id = stored.evening.organisation;
    card.title_zh = stored.title_zh;
    card.title_en = stored.title_en;
    card.venue = stored.venue;
    card.starts_at = stored.evening.starts_at;
    card.ends_at = stored.evening.ends_at;
    card.sign_up_until = stored.evening.sign_up_until;
    card.state = stored.evening.state;
    return card;
}

SideCounts counts_of(const MatchmakingStore& store, const Evening& evening, Side side)
{
    const auto count = store.count(evening.id, side);
    return {.capacity = evening.capacity(side),
            .taken = count.load.taken,
            .waiting = count.load.waiting,
            .checked_in = count.checked_in};
}

Reply evening_status(const EveningStatus& query, const Context& context, MatchmakingStore& store)
{
    if (!permits(EveningStatus::rights, context.actor, store.standing(context.actor), std::nullopt))
        return not_permitted();
    const auto stored = store.stored_evening(query.evening_id);
    if (!stored) return unknown_evening();
    auto reply = card_of<EveningStatusReply>(*stored);
    reply.male = counts_of(store, stored->evening, Side::male);
    reply.female = counts_of(store, stored->evening, Side::female);
    reply.couples = stored->couples;
    return Reply::accepted(reply);
}

Reply evenings(const Evenings& query, const Context& context, MatchmakingStore& store)
{
    if (!permits(Evenings::rights, context.actor, store.standing(context.actor), std::nullopt)) return not_permitted();
    EveningsReply reply;
    for (const auto& stored : store.evenings_ending_after(query.ending_after.value_or(context.now), rows_on_a_page))
        reply.evenings.push_back(card_of<EveningCard>(stored));
    return Reply::accepted(reply);
}

std::vector<Choosable> choosable_for(const MyEvening& query, Side side, const MatchmakingStore& store,
                                     const Ports& ports)
{
    std::vector<Choosable> choosable;
    for (const auto& present : store.choosable(query.evening_id, other_side(side), query.person_id)) {
        Choosable one;
        one.person_id = present.person;
        one.badge = present.badge;
        one.wants = present.wanted;
        if (const auto profile = store.profile(present.person))
            one.nickname = shown_to_others(opener_for(ports, present.person), *profile).nickname;
        choosable.push_back(std::move(one));
    }
    return choosable;
}

Reply my_evening(const MyEvening& query, const Context& context, MatchmakingStore& store, const Ports& ports)
{
    if (!permits(MyEvening::rights, context.actor, store.standing(context.actor), query.person_id.uuid))
        return not_permitted();
    const auto evening = store.evening(query.evening_id);
    if (!evening) return unknown_evening();
    MyEveningReply reply;
    reply.choosing = evening->state;
    const auto seat = store.own_seat(query.evening_id, query.person_id);
    if (!seat) return Reply::accepted(reply);
    switch (seat->state) {
        case SeatState::waiting:
            reply.state = MyEveningState::waiting;
            reply.rank = seat->rank;
            break;
        case SeatState::taken:
            reply.state = MyEveningState::taken;
            if (!evening->is_over(context.now)) reply.code = ports.codes.code_of(query.evening_id, query.person_id);
            break;
        case SeatState::checked_in:
            reply.state = MyEveningState::checked_in;
            reply.badge = seat->badge;
            if (evening->state == EveningState::choosing)
                reply.choosable = choosable_for(query, seat->side, store, ports);
            break;
    }
    return Reply::accepted(reply);
}

Reply my_results(const MyResults& query, const Context& context, MatchmakingStore& store, const Ports& ports)
{
    const auto evening = store.evening(query.evening_id);
    if (const auto no = may_see_results(store.standing(context.actor), evening, query, context.actor))
        return Reply::refused(*no);

    const auto self = store.participant(query.person_id);
    MyResultsReply reply;
    for (const auto& other : store.couples_of(query.evening_id, query.person_id)) {
        Match match;
        match.person_id = other.person;
        match.badge = other.badge;
        const auto profile = store.profile(other.person);
        if (profile && contacts_pass(self, store.participant(other.person))) {
            const auto opener = opener_for(ports, other.person);
            match.name = opener.open(text_place::name, profile->name);
            match.contact = opener.open(text_place::contact, profile->contact);
        }
        reply.couples.push_back(std::move(match));
    }
    return Reply::accepted(reply);
}

Reply reports(const Reports& query, const Context& context, MatchmakingStore& store, const Ports& ports)
{
    if (!permits(Reports::rights, context.actor, store.standing(context.actor), std::nullopt)) return not_permitted();
    ReportsReply reply;
    for (const auto& report : store.reports(query.before, rows_on_a_page))
        reply.reports.push_back({.report_id = report.id,
                                 .reported_id = report.reported,
                                 .reason = report.reason,
                                 .note = opener_for(ports, report.reporter).open(text_place::note, report.note),
                                 .at = report.at});
    return Reply::accepted(reply);
}

}  // namespace

void wire_queries(MatchmakingHandlers& handlers, const Ports& ports)
{
    const auto with_ports = [ports](auto answer) {
        return [ports, answer](const auto& query, const Context& context, MatchmakingStore& reader) {
            return answer(query, context, reader, ports);
        };
    };
    handlers.query<Browse>(with_ports(browse));
    handlers.query<MyProfile>(with_ports(my_profile));
    handlers.query<HeldAbout>(with_ports(held_about));
    handlers.query<EveningStatus>(evening_status);
    handlers.query<Evenings>(evenings);
    handlers.query<MyEvening>(with_ports(my_evening));
    handlers.query<MyResults>(with_ports(my_results));
    handlers.query<Reports>(with_ports(reports));
}

}  // namespace gonghui::matchmaking
