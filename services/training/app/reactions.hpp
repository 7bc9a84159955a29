#pragma once
// What registration's events mean for places in classes. The read model has evolved before these are called.

#include "common/messaging/timers.hpp"
#include "schemas/generated/registration/messages.hpp"
#include "services/training/app/promotions.hpp"

namespace gonghui::training {

// Every seat, offer and place in line goes; the seats are the next in line's.
void on_member_left(const registration::MemberLeft& event, TrainingUnit& unit);

// Another union may open a class that was closed to them. A seat that they hold stays theirs.
void on_member_transferred(const registration::MemberTransferred& event, TrainingUnit& unit);

// The same for everyone below the organisation.
void on_organisation_moved(const registration::OrganisationMoved& event, TrainingUnit& unit);

// An offer that nobody answered in time goes to the next.
void on_offer_lapses(const messaging::Timer& timer, TrainingUnit& unit);

}  // namespace gonghui::training
