#pragma once
// The only writers of registration's tables: on the live path, in a replay, and in the test that a store equals the
// replay of its log.

#include "services/registration/storage/registration_store.hpp"

namespace gonghui::registration {

void evolve(RegistrationStore& store, const OrganisationFounded& event);
void evolve(RegistrationStore& store, const OrganisationMoved& event);
void evolve(RegistrationStore& store, const OrganisationClosed& event);
void evolve(RegistrationStore& store, const RoleGranted& event);
void evolve(RegistrationStore& store, const RoleRevoked& event);
void evolve(RegistrationStore& store, const ApplicationSubmitted& event);
void evolve(RegistrationStore& store, const ApplicationRefused& event);
void evolve(RegistrationStore& store, const MemberJoined& event);
void evolve(RegistrationStore& store, const MemberTransferred& event);
void evolve(RegistrationStore& store, const MemberRetained& event);
void evolve(RegistrationStore& store, const MemberRestored& event);
void evolve(RegistrationStore& store, const MemberLeft& event);
void evolve(RegistrationStore& store, const ContactChanged& event);
void evolve(RegistrationStore& store, const ConsentGiven& event);
void evolve(RegistrationStore& store, const ConsentWithdrawn& event);
void evolve(RegistrationStore& store, const PersonErased& event);
void evolve(RegistrationStore& store, const PersonUnmasked& event);
void evolve(RegistrationStore& store, const Announced& event);
void evolve(RegistrationStore& store, const AnnouncementAddressed& event);

}  // namespace gonghui::registration
