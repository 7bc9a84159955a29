#include "schemas/generated/registration/codecs.hpp"
#include "services/registration/app/handlers.hpp"
#include "services/registration/domain/id_number.hpp"
#include "services/registration/domain/masking.hpp"

namespace gonghui::registration {

namespace {

using messaging::Context;
using messaging::Reply;

constexpr std::int64_t page = 100;

Reply refuse(std::string_view code)
{
    return Reply::refused({code, {}});
}

template <class Query>
bool may_ask(const Context& context, const RegistrationStore& store, const std::optional<Uuid>& place,
             const std::optional<Uuid>& concerned = std::nullopt)
{
    return permits(Query::rights, context.actor, standing_towards(store, context.actor, place), concerned);
}

// About people of whom each is looked at by themself.
template <class Query>
bool may_ask_at_all(const Context& context, const RegistrationStore& store)
{
    const Standing standing = standing_towards(store, context.actor, std::optional<Uuid>());
    return permits(Query::rights, context.actor, {standing.holds_role, true}, std::nullopt);
}

std::string shown_name(KeyReader& keys, const PersonId& person, const Sealed& name)
{
    return masked_name(keys.open(person, sealed_at::name, name).value_or(""));
}

std::string shown_phone(KeyReader& keys, const PersonId& person, const Sealed& phone)
{
    return masked_phone(keys.open(person, sealed_at::phone, phone).value_or(""));
}

MemberRow masked_row(KeyReader& keys, const PersonRecord& record)
{
    MemberRow row;
    row.person_id = record.facts.id;
    row.organisation_id = record.facts.organisation;
    row.state = record.facts.state;
    row.sex = record.sex;
    row.birth_year = record.birth_year;
    row.name = shown_name(keys, record.facts.id, record.name);
    row.phone = shown_phone(keys, record.facts.id, record.phone);
    return row;
}

// Whoever may not see a person is told that there is none, so that nobody learns by trying numbers.
Reply find(const FindMember& query, const Context& context, const RegistrationStore& store, KeyReader& keys,
           const IdNumberIndex& index)
{
    if (!may_ask_at_all<FindMember>(context, store)) return refuse(refusal::not_permitted);
    const auto id_number = read_id_number(query.id_number.reveal(), context.now);
    if (!id_number) return refuse(id_number.error());
    const auto known = store.person_with(index.of(id_number->text));
    if (!known || !may_ask<FindMember>(context, store, store.place_of(known->id)))
        return refuse(refusal::unknown_person);
    const auto record = store.record_of(known->id);
    if (!record) return refuse(refusal::unknown_person);
    return Reply::accepted(FindMemberReply{masked_row(keys, *record)});
}

Reply list_members(const MembersOf& query, const Context& context, const RegistrationStore& store, KeyReader& keys)
{
    if (!may_ask<MembersOf>(context, store, query.organisation_id.uuid)) return refuse(refusal::not_permitted);
    if (!store.organisation(query.organisation_id)) return refuse(refusal::unknown_organisation);
    const auto limit = query.limit.value_or(page);
    const auto records = store.records_of(query.organisation_id, query.after_number.value_or(0), limit);
    MembersOfReply reply;
    reply.members.reserve(records.size());
    for (const auto& record : records) reply.members.push_back(masked_row(keys, record));
    if (std::cmp_equal(records.size(), limit)) reply.next_number = records.back().number;
    return Reply::accepted(reply);
}

Reply list_applications(const PendingApplications& query, const Context& context, const RegistrationStore& store,
                        KeyReader& keys)
{
    if (!may_ask<PendingApplications>(context, store, query.organisation_id.uuid))
        return refuse(refusal::not_permitted);
    if (!store.organisation(query.organisation_id)) return refuse(refusal::unknown_organisation);
    PendingApplicationsReply reply;
    for (const auto& record : store.waiting_below(query.organisation_id, query.limit.value_or(page))) {
        const auto& facts = record.facts;
        reply.applications.push_back({facts.id, facts.person, facts.organisation, facts.sex, facts.birth_year,
                                      record.submitted_at, shown_name(keys, facts.person, facts.name),
                                      shown_phone(keys, facts.person, facts.phone)});
    }
    return Reply::accepted(reply);
}

Reply show_tree(const OrganisationTree& query, const Context& context, const RegistrationStore& store)
{
    const auto root = query.organisation_id;
    if (!may_ask<OrganisationTree>(context, store, root ? std::optional(root->uuid) : std::nullopt))
        return refuse(refusal::not_permitted);
    if (root && !store.organisation(*root)) return refuse(refusal::unknown_organisation);
    return Reply::accepted(OrganisationTreeReply{store.tree(root)});
}

Reply show_card(const MemberCard& query, const Context& context, const RegistrationStore& store, KeyReader& keys)
{
    if (!may_ask<MemberCard>(context, store, store.place_of(query.person_id), query.person_id.uuid))
        return refuse(refusal::not_permitted);
    const auto record = store.record_of(query.person_id);
    if (!record) return refuse(refusal::unknown_person);
    MemberCardReply reply;
    reply.member = masked_row(keys, *record);
    reply.verification = record->verification;
    reply.since = record->since;
    if (record->facts.organisation) reply.organisation_name = store.organisation_name(*record->facts.organisation);
    reply.roles = store.roles_of(query.person_id);
    for (const auto& consent : store.consents_of(query.person_id)) reply.consents.push_back(consent.purpose);
    return Reply::accepted(reply);
}

// Whom one may not see is left out like whom nobody knows.
Reply show_people(const People& query, const Context& context, const RegistrationStore& store, KeyReader& keys)
{
    if (!may_ask_at_all<People>(context, store)) return refuse(refusal::not_permitted);
    PeopleReply reply;
    for (const auto& id : query.person_ids) {
        if (!may_ask<People>(context, store, store.place_of(id))) continue;
        if (const auto record = store.record_of(id)) reply.people.push_back(masked_row(keys, *record));
    }
    return Reply::accepted(reply);
}

// Without a place it is the whole district: for whom all of it is open.
Reply count(const Counts& query, const Context& context, const RegistrationStore& store)
{
    const auto root = query.organisation_id;
    if (!may_ask<Counts>(context, store, root ? std::optional(root->uuid) : std::nullopt))
        return refuse(refusal::not_permitted);
    if (root && !store.organisation(*root)) return refuse(refusal::unknown_organisation);
    return Reply::accepted(store.counts(root));
}

Reply list_looks(const Looks& query, const Context& context, const RegistrationStore& store)
{
    const auto root = query.organisation_id;
    if (!may_ask<Looks>(context, store, root ? std::optional(root->uuid) : std::nullopt))
        return refuse(refusal::not_permitted);
    if (root && !store.organisation(*root)) return refuse(refusal::unknown_organisation);
    // One more than shown tells whether there are more.
    const auto limit = query.limit.value_or(page);
    LooksReply reply{store.looks_below(root, query.before, limit + 1), false};
    reply.more = std::cmp_greater(reply.looks.size(), limit);
    if (reply.more) reply.looks.pop_back();
    return Reply::accepted(reply);
}

Reply list_officers(const Officers& query, const Context& context, const RegistrationStore& store)
{
    const auto root = query.organisation_id;
    if (!may_ask<Officers>(context, store, root ? std::optional(root->uuid) : std::nullopt))
        return refuse(refusal::not_permitted);
    if (root && !store.organisation(*root)) return refuse(refusal::unknown_organisation);
    const auto limit = query.limit.value_or(page);
    OfficersReply reply{store.officers_below(root, query.after, limit + 1), false};
    reply.more = std::cmp_greater(reply.officers.size(), limit);
    if (reply.more) reply.officers.pop_back();
    return Reply::accepted(reply);
}

}  // namespace

void answer_queries(RegistrationHandlers& handlers, KeyReader& key_reader, const IdNumberIndex& index)
{
    handlers.query<FindMember>(
        [&key_reader, &index](const FindMember& query, const Context& context, RegistrationStore& store) {
            return find(query, context, store, key_reader, index);
        });
    handlers.query<MembersOf>([&key_reader](const MembersOf& query, const Context& context, RegistrationStore& store) {
        return list_members(query, context, store, key_reader);
    });
    handlers.query<PendingApplications>(
        [&key_reader](const PendingApplications& query, const Context& context, RegistrationStore& store) {
            return list_applications(query, context, store, key_reader);
        });
    handlers.query<MemberCard>(
        [&key_reader](const MemberCard& query, const Context& context, RegistrationStore& store) {
            return show_card(query, context, store, key_reader);
        });
    handlers.query<People>([&key_reader](const People& query, const Context& context, RegistrationStore& store) {
        return show_people(query, context, store, key_reader);
    });
    handlers.query<OrganisationTree>(show_tree);
    handlers.query<Counts>(count);
    handlers.query<Looks>(list_looks);
    handlers.query<Officers>(list_officers);
}

}  // namespace gonghui::registration
