#pragma once
// The only writers of training's tables: once per event, live, in a rebuild and in the test that a store equals the
// replay of its log. They do not ask whether an event was right, only what follows from it. Within the caller's
// transaction.

#include "schemas/generated/registration/messages.hpp"
#include "services/training/storage/training_store.hpp"

namespace gonghui::training {

void evolve(TrainingStore& store, const CourseAdded& event);
void evolve(TrainingStore& store, const CampaignPlanned& event);
void evolve(TrainingStore& store, const CampaignChanged& event);
void evolve(TrainingStore& store, const ClassOpened& event);
void evolve(TrainingStore& store, const SeatTaken& event);
void evolve(TrainingStore& store, const Waitlisted& event);
void evolve(TrainingStore& store, const SeatOffered& event);
void evolve(TrainingStore& store, const OfferLapsed& event);
void evolve(TrainingStore& store, const OfferDeclined& event);
void evolve(TrainingStore& store, const EnrollmentCancelled& event);
void evolve(TrainingStore& store, const WaitingLeft& event);

// The read model: who is a member where, who holds which role, and the tree of places.
void evolve(TrainingStore& store, const registration::OrganisationFounded& event);
void evolve(TrainingStore& store, const registration::OrganisationMoved& event);
void evolve(TrainingStore& store, const registration::RoleGranted& event);
void evolve(TrainingStore& store, const registration::RoleRevoked& event);
void evolve(TrainingStore& store, const registration::MemberJoined& event);
void evolve(TrainingStore& store, const registration::MemberTransferred& event);
void evolve(TrainingStore& store, const registration::MemberLeft& event);
void evolve(TrainingStore& store, const registration::PersonErased& event);

}  // namespace gonghui::training
