#include "services/training/domain/promote.hpp"

#include "services/training/domain/admission.hpp"

namespace gonghui::training {

Decided<Event> promote(const ClassFacts& freed, const PersonFacts& next, UtcTime now)
{
    if (auto reason = passed_over(freed, next, now)) return tl::make_unexpected(*reason);
    if (freed.campaign.offer_time.count() == 0)
        return SeatTaken{freed.id, freed.campaign.id, next.id, now, SeatTakenVia::offer};
    return SeatOffered{freed.id, freed.campaign.id, next.id, now, *offer_until(freed, now)};
}

}  // namespace gonghui::training
