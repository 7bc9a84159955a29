#include "services/registration/domain/applications.hpp"

#include "services/registration/domain/contact.hpp"
#include "services/registration/domain/id_number.hpp"
#include "services/registration/domain/membership.hpp"
#include "services/registration/domain/person_name.hpp"

namespace gonghui::registration {

namespace {

tl::unexpected<Refusal> bad_field(std::string field, std::string_view code)
{
    return refused(code, {{"field", std::move(field)}});
}

Decided<Applicant> read_applicant(const SubmitApplication& command, UtcTime now)
{
    Applicant applicant;
    auto name = read_name(command.name.reveal());
    if (!name) return bad_field("name", name.error());
    auto id_number = read_id_number(command.id_number.reveal(), now);
    if (!id_number) return bad_field("id_number", id_number.error());
    auto phone = read_phone(command.phone.reveal());
    if (!phone) return bad_field("phone", phone.error());
    if (command.email) {
        auto email = read_email(command.email->reveal());
        if (!email) return bad_field("email", email.error());
        applicant.email = Personal(std::move(*email));
    }
    // The number knows better than the form.
    const auto sex = id_number->sex ? id_number->sex : command.sex;
    const auto birth_year = id_number->birth_year ? id_number->birth_year : command.birth_year;
    if (!sex) return bad_field("sex", refusal::missing_value);
    if (!birth_year) return bad_field("birth_year", refusal::missing_value);
    applicant.name = Personal(std::move(*name));
    applicant.id_number = Personal(std::move(id_number->text));
    applicant.phone = Personal(std::move(*phone));
    applicant.sex = *sex;
    applicant.birth_year = *birth_year;
    return applicant;
}

}  // namespace

Decided<Applicant> submit_application(const SubmitApplicationFacts& facts, const SubmitApplication& command,
                                      const Actor& actor, UtcTime now)
{
    if (!permits(SubmitApplication::rights, actor, facts.standing, std::nullopt))
        return refused(refusal::not_permitted);
    if (facts.application_exists) return refused(refusal::application_exists);
    if (!facts.organisation) return refused(refusal::unknown_organisation);
    if (facts.organisation->kind != OrganisationKind::union_) return refused(refusal::not_a_union);
    if (facts.organisation->closed) return refused(refusal::organisation_closed);
    auto applicant = read_applicant(command, now);
    if (!applicant) return applicant;
    if (const auto reason = why_not(facts.applicant, Move::apply)) return refused(*reason);
    if (actor.role == Role::worker && !facts.phone_is_actors) return bad_field("phone", refusal::phone_unconfirmed);
    return applicant;
}

Decided<MemberJoined> approve_application(const DecideApplicationFacts& facts, const ApproveApplication& command,
                                          const Actor& actor, UtcTime now)
{
    if (!permits(ApproveApplication::rights, actor, facts.standing, std::nullopt))
        return refused(refusal::not_permitted);
    if (!facts.application) return refused(refusal::unknown_application);
    if (!facts.application->waiting) return refused(refusal::application_decided);
    if (!facts.organisation || facts.organisation->closed) return refused(refusal::organisation_closed);
    if (const auto reason = why_not(facts.applicant, Move::approve)) return refused(*reason);

    const auto& application = *facts.application;
    MemberJoined event;
    event.person_id = application.person;
    event.organisation_id = application.organisation;
    event.sex = application.sex;
    event.birth_year = application.birth_year;
    event.verification =
        command.verification == ApprovalVerification::outside ? Verification::outside : Verification::officer;
    event.new_employment = facts.organisation->new_employment;
    event.language = application.language;
    event.name = application.name;
    event.id_number = application.id_number;
    event.phone = application.phone;
    event.email = application.email;
    event.application_id = application.id;
    event.at = now;
    return event;
}

Decided<ApplicationRefused> refuse_application(const DecideApplicationFacts& facts, const RefuseApplication& command,
                                               const std::optional<Sealed>& sealed_text, const Actor& actor,
                                               UtcTime now)
{
    if (!permits(RefuseApplication::rights, actor, facts.standing, std::nullopt))
        return refused(refusal::not_permitted);
    if (!facts.application) return refused(refusal::unknown_application);
    if (!facts.application->waiting) return refused(refusal::application_decided);
    return ApplicationRefused{facts.application->id, facts.application->person, command.reason, sealed_text, now};
}

}  // namespace gonghui::registration
