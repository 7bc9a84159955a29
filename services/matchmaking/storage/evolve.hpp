#pragma once
// The only writers of matchmaking's tables, on the live path, in a replay and when a read model is rebuilt.

#include "schemas/generated/matchmaking/messages.hpp"
#include "schemas/generated/registration/messages.hpp"
#include "services/matchmaking/storage/store.hpp"

namespace gonghui::matchmaking {

// Raised when choosing closes by itself; its subject is the evening.
inline constexpr std::string_view choosing_closes = "choosing_closes";

// --- own events, own tables ---
void evolve(MatchmakingStore& store, const SingleDeclared& event);
void evolve(MatchmakingStore& store, const DeclarationLapsed& event);
void evolve(MatchmakingStore& store, const ConsentGiven& event);
void evolve(MatchmakingStore& store, const ConsentWithdrawn& event);
void evolve(MatchmakingStore& store, const ProfilePublished& event);
void evolve(MatchmakingStore& store, const ProfileWithdrawn& event);
void evolve(MatchmakingStore& store, const EveningPlanned& event);
void evolve(MatchmakingStore& store, const SignedUp& event);
void evolve(MatchmakingStore& store, const SignUpWaitlisted& event);
void evolve(MatchmakingStore& store, const SignUpPromoted& event);
void evolve(MatchmakingStore& store, const SignUpCancelled& event);
void evolve(MatchmakingStore& store, const CheckedIn& event);
void evolve(MatchmakingStore& store, const ChoosingOpened& event);
void evolve(MatchmakingStore& store, const ChoosingClosed& event);
void evolve(MatchmakingStore& store, const ChoiceMade& event);
void evolve(MatchmakingStore& store, const CoupleRevealed& event);
void evolve(MatchmakingStore& store, const ResultReady& event);
void evolve(MatchmakingStore& store, const PersonBlocked& event);
void evolve(MatchmakingStore& store, const PersonReported& event);
void evolve(MatchmakingStore& store, const PersonForgotten& event);

// --- registration's events, read models ---
void evolve(MatchmakingStore& store, const registration::OrganisationFounded& event);
void evolve(MatchmakingStore& store, const registration::OrganisationMoved& event);
void evolve(MatchmakingStore& store, const registration::RoleGranted& event);
void evolve(MatchmakingStore& store, const registration::RoleRevoked& event);
void evolve(MatchmakingStore& store, const registration::MemberJoined& event);
void evolve(MatchmakingStore& store, const registration::MemberTransferred& event);
void evolve(MatchmakingStore& store, const registration::MemberRetained& event);
void evolve(MatchmakingStore& store, const registration::MemberRestored& event);
void evolve(MatchmakingStore& store, const registration::MemberLeft& event);
void evolve(MatchmakingStore& store, const registration::PersonErased& event);

}  // namespace gonghui::matchmaking
