#pragma once
// The only writers of notifications' tables: on the live path, when a read model is built again from another service's
// log, and when a store is replayed from its own.

#include "schemas/generated/matchmaking/messages.hpp"
#include "schemas/generated/notifications/messages.hpp"
#include "schemas/generated/registration/messages.hpp"
#include "schemas/generated/training/messages.hpp"
#include "services/notifications/storage/notifications_store.hpp"

#include <concepts>

namespace gonghui::notifications {

// own
void evolve(NotificationsStore& store, const MessagePlaced& event);
void evolve(NotificationsStore& store, const MessageRead& event);
void evolve(NotificationsStore& store, const PreferenceSet& event);
void evolve(NotificationsStore& store, const QuietHoursSet& event);
void evolve(NotificationsStore& store, const EmailQueued& event);
void evolve(NotificationsStore& store, const EmailSending& event);
void evolve(NotificationsStore& store, const EmailSent& event);
void evolve(NotificationsStore& store, const EmailFailed& event);
void evolve(NotificationsStore& store, const PersonForgotten& event);

// registration
void evolve(NotificationsStore& store, const registration::OrganisationFounded& event);
void evolve(NotificationsStore& store, const registration::OrganisationMoved& event);
void evolve(NotificationsStore& store, const registration::RoleGranted& event);
void evolve(NotificationsStore& store, const registration::RoleRevoked& event);
void evolve(NotificationsStore& store, const registration::ApplicationSubmitted& event);
void evolve(NotificationsStore& store, const registration::MemberJoined& event);
void evolve(NotificationsStore& store, const registration::ContactChanged& event);
void evolve(NotificationsStore& store, const registration::PersonErased& event);
void evolve(NotificationsStore& store, const registration::Announced& event);

// training
void evolve(NotificationsStore& store, const training::CourseAdded& event);
void evolve(NotificationsStore& store, const training::ClassOpened& event);

// matchmaking
void evolve(NotificationsStore& store, const matchmaking::EveningPlanned& event);

// These lead to messages and leave no trace in the read model.
template <class Event, class... Others>
concept one_of = (std::same_as<Event, Others> || ...);

template <class Event>
requires one_of<Event, registration::AnnouncementAddressed, registration::ApplicationRefused,
                registration::MemberTransferred, registration::MemberRetained, registration::MemberRestored,
                registration::MemberLeft, training::SeatTaken, training::Waitlisted, training::SeatOffered,
                training::OfferLapsed, training::EnrollmentCancelled, training::WaitingLeft, matchmaking::SignedUp,
                matchmaking::SignUpWaitlisted, matchmaking::SignUpPromoted, matchmaking::SignUpCancelled,
                matchmaking::ResultReady>
void evolve(NotificationsStore&, const Event&) {}

}  // namespace gonghui::notifications
