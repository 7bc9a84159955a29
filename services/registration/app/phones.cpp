// Who has a mobile number: for a service that has seen that somebody holds it.

#include "schemas/generated/registration/codecs.hpp"
#include "services/registration/app/handlers.hpp"
#include "services/registration/domain/contact.hpp"

namespace gonghui::registration {

namespace {

using messaging::Context;
using messaging::Reply;

Reply answer(const PersonByPhone& query, const Context& context, const RegistrationStore& store,
             const PhoneNumberIndex& phones)
{
    if (!permits(PersonByPhone::rights, context.actor, {true, true}, std::nullopt))
        return Reply::refused({refusal::not_permitted, {}});
    auto phone = read_phone(query.phone.reveal());
    if (!phone) return Reply::refused({refusal::bad_phone, {}});
    PersonByPhoneReply reply;
    const auto found = store.with_phone(phones.of(*phone));
    if (found.empty()) reply.newcomer_id = newcomer(store, phones, *phone);
    reply.phone = Personal(std::move(*phone));
    for (const auto& person : found) reply.persons.push_back(person.id);
    if (found.size() == 1) reply.language = found.front().language;
    return Reply::accepted(reply);
}

}  // namespace

void answer_phones(RegistrationHandlers& handlers, const PhoneNumberIndex& phones)
{
    handlers.query<PersonByPhone>(
        [&phones](const PersonByPhone& query, const Context& context, RegistrationStore& store) {
            return answer(query, context, store, phones);
        });
}

}  // namespace gonghui::registration
