#include "services/training/domain/leave.hpp"

namespace gonghui::training {

std::vector<Event> leave(const PersonId& person, const std::vector<PlaceOfPerson>& places, UtcTime now)
{
    std::vector<Event> events;
    events.reserve(places.size());
    for (const auto& [class_id, campaign_id, place] : places) {
        if (place == Place::waiting)
            events.emplace_back(WaitingLeft{class_id, campaign_id, person, now, LeavingReason::left});
        else
            events.emplace_back(EnrollmentCancelled{class_id, campaign_id, person, now, LeavingReason::left});
    }
    return events;
}

}  // namespace gonghui::training
