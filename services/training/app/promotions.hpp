#pragma once
// Seats that are free go to who is next in line. Called wherever something may have come free, so that no seat stays
// free while a person waits who may have it.

#include "common/messaging/unit.hpp"
#include "services/training/storage/evolve.hpp"

namespace gonghui::training {

using TrainingUnit = messaging::Unit<TrainingStore>;

// Walks the line in order of arrival until no seat is free. Who may not have a seat now keeps their place.
void fill_free_seats(const ClassId& class_id, TrainingUnit& unit);

// The person stands in lines that they may have been passed over in (their cap, a clash or their eligibility has
// changed): a seat that stayed free there may be theirs.
void look_again_for(const PersonId& person, TrainingUnit& unit);

// After a seat or an offer was given up: it goes to the next in line, and the person has room again where they wait.
void give_on(const ClassId& class_id, const PersonId& person, TrainingUnit& unit);

}  // namespace gonghui::training
