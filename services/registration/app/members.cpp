#include "services/registration/domain/members.hpp"

#include "schemas/generated/registration/codecs.hpp"
#include "services/registration/app/handlers.hpp"
#include "services/registration/domain/contact.hpp"
#include "services/registration/domain/membership.hpp"

#include <algorithm>

namespace gonghui::registration {

namespace {

using messaging::Reply;

MemberFacts member_facts(const PersonId& person, const RegistrationUnit& unit)
{
    MemberFacts facts;
    facts.standing = standing_towards(unit.store, unit.context.actor, unit.store.place_of(person));
    facts.person = unit.store.person(person);
    return facts;
}

Reply handle_transfer(const TransferMember& command, RegistrationUnit& unit)
{
    const auto member = member_facts(command.person_id, unit);
    TransferMemberFacts facts;
    facts.standing = both(member.standing,
                          standing_towards(unit.store, unit.context.actor, std::optional(command.to_organisation_id)));
    facts.person = member.person;
    facts.to = unit.store.organisation(command.to_organisation_id);
    const auto decided = transfer_member(facts, command, unit.context.actor, unit.context.now);
    return settled(decided, unit, TransferMemberReply{});
}

Reply handle_retaining(const RetainMember& command, RegistrationUnit& unit)
{
    const auto decided =
        retain_member(member_facts(command.person_id, unit), command, unit.context.actor, unit.context.now);
    return settled(decided, unit, RetainMemberReply{});
}

Reply handle_restoring(const RestoreMember& command, RegistrationUnit& unit)
{
    const auto decided =
        restore_member(member_facts(command.person_id, unit), command, unit.context.actor, unit.context.now);
    return settled(decided, unit, RestoreMemberReply{});
}

Reply handle_leaving(const Leave& command, RegistrationUnit& unit)
{
    const auto decided = leave(member_facts(command.person_id, unit), command, unit.context.actor, unit.context.now);
    return settled(decided, unit, LeaveReply{});
}

Reply handle_contact(const ChangeContact& command, RegistrationUnit& unit, Vault& vault)
{
    const auto contact = change_contact(member_facts(command.person_id, unit), command, unit.context.actor);
    if (!contact) return Reply::refused(contact.error());
    const auto sealer = vault.sealer_for(command.person_id, unit.context.random);
    if (!sealer) return Reply::refused({refusal::erased, {}});
    ContactChanged event;
    event.person_id = command.person_id;
    event.phone = sealer->seal(sealed_at::phone, contact->phone);
    event.email = sealer->seal(sealed_at::email, contact->email);
    event.language = contact->language;
    event.at = unit.context.now;
    unit.record(event);
    return Reply::accepted(ChangeContactReply{});
}

bool is_of_another(const ConfirmPhone& command, const RegistrationStore& store, const PhoneNumberIndex& phones)
{
    const auto phone = read_phone(command.phone.reveal());
    if (!phone) return false;
    const auto holders = store.with_phone(phones.of(*phone));
    return std::any_of(holders.begin(), holders.end(), [&](const PersonOfPhone& one) {
        const auto person = store.person(one.id);
        return one.id != command.person_id && person && is_active(person->state);
    });
}

Reply handle_phone(const ConfirmPhone& command, RegistrationUnit& unit, Vault& vault)
{
    const ConfirmPhoneFacts facts{unit.store.person(command.person_id),
                                  is_of_another(command, unit.store, vault.phones())};
    const auto phone = confirm_phone(facts, command, unit.context.actor);
    if (!phone) return Reply::refused(phone.error());
    const auto sealer = vault.sealer_for(command.person_id, unit.context.random);
    if (!sealer) return Reply::refused({refusal::erased, {}});
    ContactChanged event;
    event.person_id = command.person_id;
    event.phone = sealer->seal(sealed_at::phone, *phone);
    event.is_confirmed = true;
    event.at = unit.context.now;
    unit.record(event);
    return Reply::accepted(ConfirmPhoneReply{});
}

Reply handle_erasing(const ErasePerson& command, RegistrationUnit& unit)
{
    const auto member = member_facts(command.person_id, unit);
    const EraseFacts facts{member.standing, member.person, !unit.store.roles_of(command.person_id).empty()};
    const auto decided = erase_person(facts, command, unit.context.actor, unit.context.now);
    return settled(decided, unit, ErasePersonReply{});
}

// Nothing is there to erase when the timer had been set before somebody asked for the same.
void fire_erasing(const messaging::Timer& timer, RegistrationUnit& unit)
{
    const PersonId id(timer.subject);
    if (unit.store.is_erased(id)) return;
    unit.record(erase_again(id, unit.store.person(id), unit.store.roles_of(id), unit.context.now));
}

template <class Command>
ConsentFacts consent_facts(const Command& command, const RegistrationUnit& unit)
{
    const auto member = member_facts(command.person_id, unit);
    return {member.standing, member.person, unit.store.consents(command.person_id, command.purpose)};
}

Reply handle_unmasking(const UnmaskMember& command, RegistrationUnit& unit)
{
    const auto member = member_facts(command.person_id, unit);
    const UnmaskFacts facts{member.standing, member.person, unit.store.look(command.look_id).has_value()};
    const auto decided = unmask_member(facts, command, unit.context.actor, unit.context.now);
    return settled(decided, unit, UnmaskMemberReply{decided ? decided->until : UtcTime{}});
}

}  // namespace

void handle_members(RegistrationHandlers& handlers, Vault& vault)
{
    handlers.command<TransferMember>(handle_transfer);
    handlers.command<RetainMember>(handle_retaining);
    handlers.command<RestoreMember>(handle_restoring);
    handlers.command<Leave>(handle_leaving);
    handlers.command<ChangeContact>([&vault](const ChangeContact& command, RegistrationUnit& unit) {
        return handle_contact(command, unit, vault);
    });
    handlers.command<ConfirmPhone>(
        [&vault](const ConfirmPhone& command, RegistrationUnit& unit) { return handle_phone(command, unit, vault); });
    handlers.command<GiveConsent>([](const GiveConsent& command, RegistrationUnit& unit) {
        const auto decided = give_consent(consent_facts(command, unit), command, unit.context.actor, unit.context.now);
        return settled(decided, unit, GiveConsentReply{});
    });
    handlers.command<WithdrawConsent>([](const WithdrawConsent& command, RegistrationUnit& unit) {
        const auto decided =
            withdraw_consent(consent_facts(command, unit), command, unit.context.actor, unit.context.now);
        return settled(decided, unit, WithdrawConsentReply{});
    });
    handlers.command<UnmaskMember>(handle_unmasking);
    handlers.command<ErasePerson>(handle_erasing);
    handlers.timer(std::string(erasing_again), fire_erasing);
}

}  // namespace gonghui::registration
