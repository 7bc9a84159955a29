#pragma once
// The only writers of the gateway's tables, and of their copy in memory.

#include "schemas/generated/registration/messages.hpp"
#include "schemas/generated/training/messages.hpp"
#include "services/gateway/storage/gateway_store.hpp"

namespace gonghui::gateway {

void evolve(GatewayStore& store, const AccountAdded& event);
void evolve(GatewayStore& store, const AccountRemoved& event);
void evolve(GatewayStore& store, const PasswordSet& event);
void evolve(GatewayStore& store, const PasswordRemoved& event);
void evolve(GatewayStore& store, const SessionOpened& event);
void evolve(GatewayStore& store, const SessionClosed& event);
void evolve(GatewayStore& store, const RoleChosen& event);

void evolve(GatewayStore& store, const registration::OrganisationFounded& event);
void evolve(GatewayStore& store, const registration::RoleGranted& event);
void evolve(GatewayStore& store, const registration::RoleRevoked& event);
void evolve(GatewayStore& store, const registration::ContactChanged& event);
void evolve(GatewayStore& store, const registration::PersonErased& event);

void evolve(GatewayStore& store, const training::CampaignPlanned& event);
void evolve(GatewayStore& store, const training::CampaignChanged& event);
void evolve(GatewayStore& store, const training::ClassOpened& event);
void evolve(GatewayStore& store, const training::SeatTaken& event);
void evolve(GatewayStore& store, const training::Waitlisted& event);
void evolve(GatewayStore& store, const training::SeatOffered& event);
void evolve(GatewayStore& store, const training::OfferLapsed& event);
void evolve(GatewayStore& store, const training::OfferDeclined& event);
void evolve(GatewayStore& store, const training::EnrollmentCancelled& event);
void evolve(GatewayStore& store, const training::WaitingLeft& event);

}  // namespace gonghui::gateway

// Messages that stand in no table: an open page is told that its person's inbox has changed, and asks for it.
namespace gonghui::notifications {
struct MessagePlaced;
struct MessageRead;
}  // namespace gonghui::notifications

namespace gonghui::gateway {
void evolve(GatewayStore& store, const notifications::MessagePlaced& event);
void evolve(GatewayStore& store, const notifications::MessageRead& event);
}  // namespace gonghui::gateway
