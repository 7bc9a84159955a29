#include "services/training/app/reactions.hpp"

#include "schemas/generated/training/codecs.hpp"
#include "services/training/domain/lapse_offer.hpp"
#include "services/training/domain/leave.hpp"

namespace gonghui::training {

void on_member_left(const registration::MemberLeft& event, TrainingUnit& unit)
{
    const auto places = unit.store.places_of(event.person_id);
    unit.record(leave(event.person_id, places, unit.context.now));
    for (const auto& place : places)
        if (place.place != Place::waiting) fill_free_seats(place.class_id, unit);
}

void on_member_transferred(const registration::MemberTransferred& event, TrainingUnit& unit)
{
    look_again_for(event.person_id, unit);
}

void on_organisation_moved(const registration::OrganisationMoved&, TrainingUnit& unit)
{
    for (const auto& class_id : unit.store.free_for_some_organisations()) fill_free_seats(class_id, unit);
}

void on_offer_lapses(const messaging::Timer& timer, TrainingUnit& unit)
{
    const auto lapsed = lapse_offer(unit.store.offer(timer.subject), unit.context.now);
    if (!lapsed) return;
    unit.record(*lapsed);
    give_on(lapsed->class_id, lapsed->person_id, unit);
}

}  // namespace gonghui::training
