// Personal data in full, for who asked for a look: the other half of unmask_member. Queries, so that what they show is
// recorded nowhere.

#include "schemas/generated/registration/codecs.hpp"
#include "services/registration/app/handlers.hpp"

namespace gonghui::registration {

namespace {

using messaging::Context;
using messaging::Reply;

constexpr std::int64_t looks_on_a_page = 500;

bool is_by(const Look& look, const Actor& actor)
{
    return look.by == actor.person && (!look.by.is_nil() || look.by_service == actor.service);
}

// Why the asker sees nothing by this look; empty: they see it.
std::string_view why_hidden(const std::optional<Look>& look, const Context& context)
{
    if (!look || !is_by(*look, context.actor)) return refusal::unknown_look;
    if (context.now >= look->until) return refusal::look_over;
    return {};
}

// `row` has the sealed fields of `shown`. False when the person was erased.
template <class Row, class Shown>
bool open_into(Shown& shown, const PersonId& person, const Row& row, KeyReader& keys)
{
    const auto name = keys.open(person, sealed_at::name, row.name);
    const auto id_number = keys.open(person, sealed_at::id_number, row.id_number);
    const auto phone = keys.open(person, sealed_at::phone, row.phone);
    if (!name || !id_number || !phone) return false;
    shown.name = Personal(*name);
    shown.id_number = Personal(*id_number);
    shown.phone = Personal(*phone);
    if (row.email)
        if (const auto email = keys.open(person, sealed_at::email, *row.email)) shown.email = Personal(*email);
    return true;
}

// Whoever has lost the role by which they looked sees no more.
bool may_look_still(const Look& look, const Context& context, const RegistrationStore& store)
{
    const auto standing = standing_towards(store, context.actor, store.place_of(look.person));
    return permits(UnmaskMember::rights, context.actor, standing, look.person.uuid);
}

Reply read_unmasked(const ReadUnmasked& query, const Context& context, const RegistrationStore& store, KeyReader& keys)
{
    const auto look = store.look(query.look_id);
    if (const auto why = why_hidden(look, context); !why.empty()) return Reply::refused({why, {}});
    if (!may_look_still(*look, context, store)) return Reply::refused({refusal::not_permitted, {}});
    const auto record = store.record_of(look->person);
    if (!record) return Reply::refused({refusal::unknown_person, {}});

    ReadUnmaskedReply reply;
    reply.person_id = look->person;
    if (!open_into(reply, look->person, *record, keys)) return Reply::refused({refusal::erased, {}});
    return Reply::accepted(reply);
}

HeldPerson held_person(const PersonRecord& record, const RegistrationStore& store)
{
    HeldPerson person;
    person.state = record.facts.state;
    person.since = record.since;
    person.organisation_id = record.facts.organisation;
    if (record.facts.organisation) person.organisation_name = store.organisation_name(*record.facts.organisation);
    person.verification = record.verification;
    person.import_id = record.import_id;
    person.import_line = record.import_line;
    person.sex = record.sex;
    person.birth_year = record.birth_year;
    person.language = record.language;
    return person;
}

HeldApplication held_application(const ApplicationRecord& record)
{
    HeldApplication application;
    application.application_id = record.facts.id;
    application.organisation_id = record.facts.organisation;
    application.state = record.state;
    application.submitted_at = record.submitted_at;
    application.sex = record.facts.sex;
    application.birth_year = record.facts.birth_year;
    application.language = record.facts.language;
    return application;
}

// False when the person was erased.
bool fill(HeldAboutReply& reply, const PersonRecord& record, const RegistrationStore& store, KeyReader& keys)
{
    const auto& id = record.facts.id;
    reply.person = held_person(record, store);
    if (!open_into(*reply.person, id, record, keys)) return false;
    for (const auto& application : store.applications_of(id)) {
        auto& shown = reply.applications.emplace_back(held_application(application));
        if (!open_into(shown, id, application.facts, keys)) return false;
    }
    reply.roles = store.roles_of(id);
    reply.consents = store.consents_of(id);
    return true;
}

void add_looks(HeldAboutReply& reply, const HeldAbout& query, const RegistrationStore& store)
{
    // One more than shown tells whether there are more.
    reply.looks = store.looks_at(query.person_id, query.after, looks_on_a_page + 1);
    if (std::cmp_less_equal(reply.looks.size(), looks_on_a_page)) return;
    reply.looks.pop_back();
    reply.next = reply.looks.back().look_id;
}

// Without a look for whom nothing is sealed: an officer who never was a member, somebody who was erased. The looks that
// stay after an erasure say what the lookers did; whom they name is nobody any more.
Reply held_about(const HeldAbout& query, const Context& context, const RegistrationStore& store, KeyReader& keys)
{
    const auto standing = standing_towards(store, context.actor, store.place_of(query.person_id));
    if (!permits(HeldAbout::rights, context.actor, standing, query.person_id.uuid))
        return Reply::refused({refusal::not_permitted, {}});
    HeldAboutReply reply;
    const auto record = store.record_of(query.person_id);
    if (!record) {
        reply.roles = store.roles_of(query.person_id);
        return Reply::accepted(reply);
    }
    auto look = query.look_id ? store.look(*query.look_id) : std::nullopt;
    if (look && look->person != query.person_id) look.reset();
    if (const auto why = why_hidden(look, context); !why.empty()) return Reply::refused({why, {}});
    if (!query.after && !fill(reply, *record, store, keys)) return Reply::refused({refusal::erased, {}});
    add_looks(reply, query, store);
    return Reply::accepted(reply);
}

}  // namespace

void answer_lookers(RegistrationHandlers& handlers, KeyReader& key_reader)
{
    handlers.query<ReadUnmasked>(
        [&key_reader](const ReadUnmasked& query, const Context& context, RegistrationStore& store) {
            return read_unmasked(query, context, store, key_reader);
        });
    handlers.query<HeldAbout>([&key_reader](const HeldAbout& query, const Context& context, RegistrationStore& store) {
        return held_about(query, context, store, key_reader);
    });
}

}  // namespace gonghui::registration
