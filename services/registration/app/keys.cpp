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

}  // namespace

void answer_keys(RegistrationHandlers& handlers, KeyReader& key_reader)
{
    handlers.query<ReadKeys>([&key_reader](const ReadKeys& query, const Context& context, RegistrationStore&) {
        return read_keys(query, context, key_reader);
    });
}

}  // namespace gonghui::registration
