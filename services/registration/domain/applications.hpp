#pragma once
// A person asks to join; an officer of that union, or of a place above it, takes them in or says why not.

#include "common/result/refusal.hpp"
#include "services/registration/domain/facts.hpp"

namespace gonghui::registration {

struct SubmitApplicationFacts {
    Standing standing;  // towards the union
    std::optional<OrganisationFacts> organisation;
    bool application_exists = false;
    MembershipState applicant = MembershipState::stranger;  // by the ID number
    bool phone_is_actors = false;                           // it was seen that who asks holds it
};

// What an applicant wrote, in normal form: to be sealed by who records it.
struct Applicant {
    Personal name;
    Personal id_number;
    Personal phone;
    std::optional<Personal> email;
    Sex sex = Sex::male;
    std::int64_t birth_year = 0;
};

// A worker applies with a number that they hold: with a member's that member could log in by it no more. A bad field is
// refused with its code and the fact "field".
Decided<Applicant> submit_application(const SubmitApplicationFacts& facts, const SubmitApplication& command,
                                      const Actor& actor, UtcTime now);

struct ApplicationFacts {
    ApplicationId id;
    PersonId person;
    OrganisationId organisation;
    bool waiting = false;
    Sealed name, id_number, phone;
    std::optional<Sealed> email;
    Sex sex = Sex::male;
    std::int64_t birth_year = 0;
    Language language = Language::zh_cn;
};

struct DecideApplicationFacts {
    Standing standing;  // towards the union that is applied to
    std::optional<ApplicationFacts> application;
    std::optional<OrganisationFacts> organisation;  // that union
    MembershipState applicant = MembershipState::stranger;
};

Decided<MemberJoined> approve_application(const DecideApplicationFacts& facts, const ApproveApplication& command,
                                          const Actor& actor, UtcTime now);

// `sealed_text` is the command's text under the applicant's key.
Decided<ApplicationRefused> refuse_application(const DecideApplicationFacts& facts, const RefuseApplication& command,
                                               const std::optional<Sealed>& sealed_text, const Actor& actor,
                                               UtcTime now);

}  // namespace gonghui::registration
