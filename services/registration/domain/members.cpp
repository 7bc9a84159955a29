#include "services/registration/domain/members.hpp"

#include "services/registration/domain/contact.hpp"
#include "services/registration/domain/membership.hpp"

namespace gonghui::registration {

Decided<MemberTransferred> transfer_member(const TransferMemberFacts& facts, const TransferMember& command,
                                           const Actor& actor, UtcTime now)
{
    if (!permits(TransferMember::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.person) return refused(refusal::unknown_person);
    if (const auto reason = why_not(facts.person->state, Move::transfer)) return refused(*reason);
    if (!facts.to) return refused(refusal::unknown_organisation);
    if (facts.to->kind != OrganisationKind::union_) return refused(refusal::not_a_union);
    if (facts.to->closed) return refused(refusal::organisation_closed);
    if (facts.person->organisation == command.to_organisation_id) return refused(refusal::same_union);
    return MemberTransferred{command.person_id, *facts.person->organisation, command.to_organisation_id, std::nullopt,
                             now};
}

Decided<MemberRetained> retain_member(const MemberFacts& facts, const RetainMember& command, const Actor& actor,
                                      UtcTime now)
{
    if (!permits(RetainMember::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.person) return refused(refusal::unknown_person);
    if (const auto reason = why_not(facts.person->state, Move::retain)) return refused(*reason);
    return MemberRetained{command.person_id, command.reason, now};
}

Decided<MemberRestored> restore_member(const MemberFacts& facts, const RestoreMember& command, const Actor& actor,
                                       UtcTime now)
{
    if (!permits(RestoreMember::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.person) return refused(refusal::unknown_person);
    if (const auto reason = why_not(facts.person->state, Move::restore)) return refused(*reason);
    return MemberRestored{command.person_id, *facts.person->organisation, now};
}

Decided<MemberLeft> leave(const MemberFacts& facts, const Leave& command, const Actor& actor, UtcTime now)
{
    if (!permits(Leave::rights, actor, facts.standing, command.person_id.uuid)) return refused(refusal::not_permitted);
    if (!facts.person) return refused(refusal::unknown_person);
    const bool only_by_others = command.reason == LeaveReason::expelled || command.reason == LeaveReason::deceased;
    if (only_by_others && actor.person == command.person_id.uuid) return refused(refusal::reason_not_yours);
    if (const auto reason = why_not(facts.person->state, Move::leave)) return refused(*reason);
    return MemberLeft{command.person_id, *facts.person->organisation, command.reason, now};
}

Decided<NewContact> change_contact(const MemberFacts& facts, const ChangeContact& command, const Actor& actor)
{
    if (!permits(ChangeContact::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.person) return refused(refusal::unknown_person);
    if (!command.phone && !command.email && !command.language) return refused(refusal::nothing_to_change);
    NewContact contact;
    if (command.phone && actor.role == Role::worker) return refused(refusal::phone_unconfirmed, {{"field", "phone"}});
    if (command.phone) {
        auto phone = read_phone(command.phone->reveal());
        if (!phone) return refused(phone.error(), {{"field", "phone"}});
        contact.phone = Personal(std::move(*phone));
    }
    if (command.email) {
        auto email = read_email(command.email->reveal());
        if (!email) return refused(email.error(), {{"field", "email"}});
        contact.email = Personal(std::move(*email));
    }
    contact.language = command.language;
    return contact;
}

Decided<Personal> confirm_phone(const ConfirmPhoneFacts& facts, const ConfirmPhone& command, const Actor& actor)
{
    if (!permits(ConfirmPhone::rights, actor, {true, true}, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.person) return refused(refusal::unknown_person);
    auto phone = read_phone(command.phone.reveal());
    if (!phone) return refused(phone.error(), {{"field", "phone"}});
    if (facts.is_of_another) return refused(refusal::phone_taken, {{"field", "phone"}});
    return Personal(std::move(*phone));
}

Decided<ConsentGiven> give_consent(const ConsentFacts& facts, const GiveConsent& command, const Actor& actor,
                                   UtcTime now)
{
    if (!permits(GiveConsent::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.person) return refused(refusal::unknown_person);
    if (facts.given) return refused(refusal::consent_given_already);
    return ConsentGiven{command.person_id, command.purpose, now};
}

Decided<ConsentWithdrawn> withdraw_consent(const ConsentFacts& facts, const WithdrawConsent& command,
                                           const Actor& actor, UtcTime now)
{
    if (!permits(WithdrawConsent::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.person) return refused(refusal::unknown_person);
    if (!facts.given) return refused(refusal::no_such_consent);
    return ConsentWithdrawn{command.person_id, command.purpose, now};
}

Decided<PersonErased> erase_person(const EraseFacts& facts, const ErasePerson& command, const Actor& actor, UtcTime now)
{
    if (!permits(ErasePerson::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.person) return refused(refusal::unknown_person);
    if (const auto reason = why_not(facts.person->state, Move::erase)) return refused(*reason);
    if (facts.holds_role) return refused(refusal::role_first);
    return PersonErased{command.person_id, now};
}

std::vector<Event> erase_again(const PersonId& id, const std::optional<PersonFacts>& person,
                               const std::vector<HeldRole>& roles, UtcTime now)
{
    std::vector<Event> events;
    events.reserve(roles.size() + 2);
    for (const auto& role : roles) events.emplace_back(RoleRevoked{id, role.role, role.place_id, now});
    if (person && is_active(person->state))
        events.emplace_back(MemberLeft{id, *person->organisation, LeaveReason::resigned, now});
    events.emplace_back(PersonErased{id, now});
    return events;
}

Decided<PersonUnmasked> unmask_member(const UnmaskFacts& facts, const UnmaskMember& command, const Actor& actor,
                                      UtcTime now)
{
    if (!permits(UnmaskMember::rights, actor, facts.standing, command.person_id.uuid))
        return refused(refusal::not_permitted);
    if (!facts.person) return refused(refusal::unknown_person);
    if (facts.look_exists) return refused(refusal::look_exists);
    PersonUnmasked event;
    event.look_id = command.look_id;
    event.person_id = command.person_id;
    event.by = actor.person;
    event.by_service = actor.service;
    event.purpose = command.purpose;
    event.until = now + look_lasts;
    event.at = now;
    return event;
}

}  // namespace gonghui::registration
