#include "common/sealing/sealing.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "services/registration/app/handlers.hpp"

namespace gonghui::registration {

namespace {

using messaging::Context;
using messaging::Reply;

// A query, so that its answer is in no idempotency record: a sealed key kept there would outlive an erasure.
Reply read_keys(const ReadKeys& query, const Context& context, KeyReader& keys)
{
    if (!permits(ReadKeys::rights, context.actor, {true, true}, std::nullopt))
        return Reply::refused({refusal::not_permitted, {}});
    const std::span<const std::byte, 32> recipient(query.recipient_public_key);  // the schema says 32 bytes
    ReadKeysReply reply;
    reply.keys.reserve(query.person_ids.size());
    for (const auto& person : query.person_ids) {
        auto& entry = reply.keys.emplace_back(PersonKey{person, std::nullopt, std::nullopt});
        const auto answer = keys.find(person);
        if (answer.state == KeyReader::State::erased) entry.erased = true;
        if (answer.key) entry.sealed_key = sealing::seal_for(recipient, answer.key->view());
    }
    return Reply::accepted(reply);
}

bool is_by(const Look& look, const Actor& actor)
{
    return look.by == actor.person && (!look.by.is_nil() || look.by_service == actor.service);
}

// The other half of unmask_member: a query, so that what it shows is recorded nowhere.
Reply read_unmasked(const ReadUnmasked& query, const Context& context, const RegistrationStore& store, KeyReader& keys)
{
    const auto look = store.look(query.look_id);
    if (!look || !is_by(*look, context.actor)) return Reply::refused({refusal::unknown_look, {}});
    if (context.now >= look->until) return Reply::refused({refusal::look_over, {}});
    const auto record = store.record_of(look->person);
    if (!record) return Reply::refused({refusal::unknown_person, {}});

    const auto name = keys.open(look->person, sealed_at::name, record->name);
    const auto id_number = keys.open(look->person, sealed_at::id_number, record->id_number);
    const auto phone = keys.open(look->person, sealed_at::phone, record->phone);
    if (!name || !id_number || !phone) return Reply::refused({refusal::erased, {}});
    ReadUnmaskedReply reply{look->person, Personal(*name), Personal(*id_number), Personal(*phone), std::nullopt};
    if (record->email)
        if (const auto email = keys.open(look->person, sealed_at::email, *record->email))
            reply.email = Personal(*email);
    return Reply::accepted(reply);
}

}  // namespace

void answer_keys(RegistrationHandlers& handlers, KeyReader& key_reader)
{
    handlers.query<ReadKeys>([&key_reader](const ReadKeys& query, const Context& context, RegistrationStore&) {
        return read_keys(query, context, key_reader);
    });
    handlers.query<ReadUnmasked>(
        [&key_reader](const ReadUnmasked& query, const Context& context, RegistrationStore& store) {
            return read_unmasked(query, context, store, key_reader);
        });
}

}  // namespace gonghui::registration
