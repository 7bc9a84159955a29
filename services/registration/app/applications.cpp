#include "services/registration/domain/applications.hpp"

#include "schemas/generated/registration/codecs.hpp"
#include "services/registration/app/handlers.hpp"
#include "services/registration/domain/contact.hpp"
#include "services/registration/domain/id_number.hpp"
#include "services/registration/domain/membership.hpp"

#include <algorithm>

namespace gonghui::registration {

namespace {

using messaging::Reply;

ApplicationSubmitted sealed_application(const SubmitApplication& command, const Applicant& applicant,
                                        const PersonId& person, const PersonSealer& sealer, UtcTime now)
{
    ApplicationSubmitted event;
    event.application_id = command.application_id;
    event.person_id = person;
    event.organisation_id = command.organisation_id;
    event.name = sealer.seal(sealed_at::name, applicant.name);
    event.id_number = sealer.seal(sealed_at::id_number, applicant.id_number);
    event.phone = sealer.seal(sealed_at::phone, applicant.phone);
    event.email = sealer.seal(sealed_at::email, applicant.email);
    event.sex = applicant.sex;
    event.birth_year = applicant.birth_year;
    event.language = command.language.value_or(Language::zh_cn);
    event.at = now;
    return event;
}

// Whether the edge has let them in by this number: as who is new with it, or known by it and no member, whose own
// number is another question.
bool has_shown(const Actor& actor, const std::string& phone, const RegistrationStore& store,
               const PhoneNumberIndex& phones)
{
    const auto person = store.person(PersonId(actor.person));
    if (!person) return newcomer(store, phones, phone).uuid == actor.person;
    const auto holders = store.with_phone(phones.of(phone));
    return !is_active(person->state) &&
           std::any_of(holders.begin(), holders.end(), [&](const PersonOfPhone& one) { return one.id == person->id; });
}

Reply handle_submission(const SubmitApplication& command, RegistrationUnit& unit, Vault& vault)
{
    SubmitApplicationFacts facts;
    facts.standing = standing_towards(unit.store, unit.context.actor, std::optional(command.organisation_id));
    facts.organisation = unit.store.organisation(command.organisation_id);
    facts.application_exists = unit.store.application(command.application_id).has_value();
    std::optional<KnownPerson> known;
    if (const auto id_number = read_id_number(command.id_number.reveal(), unit.context.now))
        known = unit.store.person_with(vault.index_of(id_number->text));
    if (known) facts.applicant = known->state;
    if (const auto phone = read_phone(command.phone.reveal()))
        facts.phone_is_actors = has_shown(unit.context.actor, *phone, unit.store, vault.phones());

    const auto applicant = submit_application(facts, command, unit.context.actor, unit.context.now);
    if (!applicant) return Reply::refused(applicant.error());
    const auto person = known ? known->id : newcomer(unit.store, vault.phones(), applicant->phone.reveal());
    const auto sealer = vault.sealer_for(person, unit.context.random);
    if (!sealer) return Reply::refused({refusal::erased, {}});
    unit.record(sealed_application(command, *applicant, person, *sealer, unit.context.now));
    return Reply::accepted(SubmitApplicationReply{person});
}

DecideApplicationFacts application_facts(const ApplicationId& id, const RegistrationUnit& unit)
{
    DecideApplicationFacts facts;
    facts.application = unit.store.application(id);
    std::optional<OrganisationId> target;
    if (facts.application) {
        target = facts.application->organisation;
        facts.organisation = unit.store.organisation(*target);
        if (const auto applicant = unit.store.person(facts.application->person)) facts.applicant = applicant->state;
    }
    facts.standing = standing_towards(unit.store, unit.context.actor, target);
    return facts;
}

Reply handle_approval(const ApproveApplication& command, RegistrationUnit& unit)
{
    const auto facts = application_facts(command.application_id, unit);
    const auto decided = approve_application(facts, command, unit.context.actor, unit.context.now);
    return settled(decided, unit, ApproveApplicationReply{decided ? decided->person_id : PersonId{}});
}

Reply handle_refusal(const RefuseApplication& command, RegistrationUnit& unit, Vault& vault)
{
    const auto facts = application_facts(command.application_id, unit);
    std::optional<Sealed> text;
    if (command.text && facts.application)
        if (const auto sealer = vault.sealer_for(facts.application->person, unit.context.random))
            text = sealer->seal(sealed_at::refusal_text, command.text);
    const auto decided = refuse_application(facts, command, text, unit.context.actor, unit.context.now);
    return settled(decided, unit, RefuseApplicationReply{});
}

}  // namespace

void handle_applications(RegistrationHandlers& handlers, Vault& vault)
{
    handlers.command<SubmitApplication>([&vault](const SubmitApplication& command, RegistrationUnit& unit) {
        return handle_submission(command, unit, vault);
    });
    handlers.command<ApproveApplication>(handle_approval);
    handlers.command<RefuseApplication>([&vault](const RefuseApplication& command, RegistrationUnit& unit) {
        return handle_refusal(command, unit, vault);
    });
}

}  // namespace gonghui::registration
