#include "services/training/app/promotions.hpp"

#include "schemas/generated/training/codecs.hpp"
#include "services/training/domain/admission.hpp"
#include "services/training/domain/promote.hpp"

namespace gonghui::training {

namespace {

// Most often the first in line takes the seat; a page this long is rarely left.
constexpr std::size_t page = 16;

}  // namespace

void fill_free_seats(const ClassId& class_id, TrainingUnit& unit)
{
    const auto now = unit.context.now;
    const auto freed = unit.store.training_class(class_id);
    if (!freed || freed->waiting == 0 || !offer_until(*freed, now)) return;

    auto seats = freed->free_seats();
    std::int64_t after = 0;
    while (seats > 0) {
        const auto line = unit.store.line(class_id, after, page);
        if (line.empty()) return;
        for (const auto& next : line) {
            if (seats == 0) return;
            after = next.number;
            const auto facts = unit.store.enroll_facts(freed->campaign.id, class_id, next.person);
            const auto decided = promote(*facts.training_class, facts.person, now);
            if (!decided) continue;
            unit.record(*decided);
            --seats;
        }
    }
}

void look_again_for(const PersonId& person, TrainingUnit& unit)
{
    for (const auto& class_id : unit.store.free_where_waiting(person)) fill_free_seats(class_id, unit);
}

void give_on(const ClassId& class_id, const PersonId& person, TrainingUnit& unit)
{
    fill_free_seats(class_id, unit);
    look_again_for(person, unit);
}

}  // namespace gonghui::training
