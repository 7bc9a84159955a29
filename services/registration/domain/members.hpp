#pragma once
// What happens to a membership and to a person's own data once they are known.

#include "common/result/refusal.hpp"
#include "services/registration/domain/facts.hpp"

#include <vector>

namespace gonghui::registration {

struct MemberFacts {
    Standing standing;  // towards the union of the membership
    std::optional<PersonFacts> person;
};

struct TransferMemberFacts {
    Standing standing;  // towards both unions
    std::optional<PersonFacts> person;
    std::optional<OrganisationFacts> to;
};

// Touches two unions, so the mover's place must cover both: a township's within it, else the district's.
Decided<MemberTransferred> transfer_member(const TransferMemberFacts& facts, const TransferMember& command,
                                           const Actor& actor, UtcTime now);

Decided<MemberRetained> retain_member(const MemberFacts& facts, const RetainMember& command, const Actor& actor,
                                      UtcTime now);
Decided<MemberRestored> restore_member(const MemberFacts& facts, const RestoreMember& command, const Actor& actor,
                                       UtcTime now);
Decided<MemberLeft> leave(const MemberFacts& facts, const Leave& command, const Actor& actor, UtcTime now);

// What the command changes, in normal form: to be sealed by who records it. Codes to log in go to the phone, so a
// worker cannot say alone which it is: see confirm_phone.
struct NewContact {
    std::optional<Personal> phone;
    std::optional<Personal> email;
    std::optional<Language> language;
};
Decided<NewContact> change_contact(const MemberFacts& facts, const ChangeContact& command, const Actor& actor);

struct ConfirmPhoneFacts {
    std::optional<PersonFacts> person;
    bool is_of_another = false;  // another member has the number
};
// The number in its one form. Another member's is refused: with two of them neither could log in by it.
Decided<Personal> confirm_phone(const ConfirmPhoneFacts& facts, const ConfirmPhone& command, const Actor& actor);

struct ConsentFacts {
    Standing standing;
    std::optional<PersonFacts> person;
    bool given = false;
};
Decided<ConsentGiven> give_consent(const ConsentFacts& facts, const GiveConsent& command, const Actor& actor,
                                   UtcTime now);
Decided<ConsentWithdrawn> withdraw_consent(const ConsentFacts& facts, const WithdrawConsent& command,
                                           const Actor& actor, UtcTime now);

struct EraseFacts {
    Standing standing;
    std::optional<PersonFacts> person;
    bool holds_role = false;
};
// For ever: nobody can be asked whether they meant it.
Decided<PersonErased> erase_person(const EraseFacts& facts, const ErasePerson& command, const Actor& actor,
                                   UtcTime now);
// Somebody was erased, of which a store that was restored from before knows nothing. Whatever they have there ends. If
// it does not know them either, others may: they fetched the key.
std::vector<Event> erase_again(const PersonId& id, const std::optional<PersonFacts>& person,
                               const std::vector<HeldRole>& roles, UtcTime now);

struct UnmaskFacts {
    Standing standing;
    std::optional<PersonFacts> person;
    bool look_exists = false;
};
// A look lasts five minutes: long enough to read, too short to keep.
inline constexpr std::chrono::minutes look_lasts{5};
Decided<PersonUnmasked> unmask_member(const UnmaskFacts& facts, const UnmaskMember& command, const Actor& actor,
                                      UtcTime now);

}  // namespace gonghui::registration
