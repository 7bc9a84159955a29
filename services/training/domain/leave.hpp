#pragma once

#include "services/training/domain/facts.hpp"

#include <vector>

namespace gonghui::training {

// One of a person's places, whatever the class.
struct PlaceOfPerson {
    ClassId class_id;
    CampaignId campaign_id;
    Place place = Place::waiting;
};

// The membership ended: every seat, offer and place in line goes. The seats are the next in line's.
[[nodiscard]] std::vector<Event> leave(const PersonId& person, const std::vector<PlaceOfPerson>& places, UtcTime now);

}  // namespace gonghui::training
