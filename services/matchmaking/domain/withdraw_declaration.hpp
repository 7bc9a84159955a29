#pragma once
// The declaration of being single is taken back: the person married, or simply wants to. Which of these is not asked.

#include "services/matchmaking/domain/facts.hpp"

namespace gonghui::matchmaking {

struct WithdrawDeclarationFacts {
    Standing standing;
    Holdings holdings;
};

// Profile and sign-ups rest on the declaration and go with it.
Decided<Events> withdraw_declaration(const WithdrawDeclarationFacts& facts, const WithdrawDeclaration& command,
                                     const Actor& actor, UtcTime now);

}  // namespace gonghui::matchmaking
