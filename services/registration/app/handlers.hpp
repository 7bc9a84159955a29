#pragma once
// The handlers by theme; for this folder's own files. Each loads facts, asks the rule and records what it says.

#include "common/messaging/handlers.hpp"
#include "services/registration/app/vault.hpp"
#include "services/registration/storage/evolve.hpp"

namespace gonghui::registration {

using RegistrationUnit = messaging::Unit<RegistrationStore>;
using RegistrationHandlers = messaging::Handlers<RegistrationStore>;

// The timer of a person who was erased, of which a store knows nothing that was restored from before.
inline constexpr std::string_view erasing_again = "erasing_again";

void handle_organisations(RegistrationHandlers& handlers);
void handle_announcements(RegistrationHandlers& handlers);
void handle_applications(RegistrationHandlers& handlers, Vault& vault);
void handle_members(RegistrationHandlers& handlers, Vault& vault);
void handle_rosters(RegistrationHandlers& handlers, Vault& vault, const IdNumberIndex& index,
                    const PhoneNumberIndex& phones);
void answer_queries(RegistrationHandlers& handlers, KeyReader& key_reader, const IdNumberIndex& index);
void answer_phones(RegistrationHandlers& handlers, const PhoneNumberIndex& phones);
void answer_keys(RegistrationHandlers& handlers, KeyReader& key_reader);
void answer_lookers(RegistrationHandlers& handlers, KeyReader& key_reader);

inline Standing standing_towards(const RegistrationStore& store, const Actor& actor, const std::optional<Uuid>& target)
{
    return store.places().standing(actor, target);
}

inline Standing standing_towards(const RegistrationStore& store, const Actor& actor,
                                 const std::optional<OrganisationId>& target)
{
    return store.places().standing(actor, target ? std::optional(target->uuid) : std::nullopt);
}

// Who somebody new is that applies with `phone`, in its one form. The edge lets in as this id whom it has seen to hold
// the number, so that nobody else is logged in as who applies with it: neither who applied for them, nor who had the
// number before and has another now.
inline PersonId newcomer(const RegistrationStore& store, const PhoneNumberIndex& phones, std::string_view phone)
{
    for (int number = 1;; ++number)
        if (const auto id = phones.newcomer(phone, number); !store.person(id) && !store.is_erased(id)) return id;
}

// Records what a rule decided, and answers with `reply`; or passes its refusal on.
template <class Decision, class Answer>
messaging::Reply settled(const Decided<Decision>& decided, RegistrationUnit& unit, const Answer& reply)
{
    if (!decided) return messaging::Reply::refused(decided.error());
    unit.record(*decided);
    return messaging::Reply::accepted(reply);
}

}  // namespace gonghui::registration
