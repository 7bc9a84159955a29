#pragma once
// How a place stands in the column `state`: numbers, as every row of the hot table holds one. Never renumber them.

#include "services/training/domain/facts.hpp"

#include <stdexcept>

namespace gonghui::training {

inline int to_column(Place place)
{
    switch (place) {
        case Place::taken:
            return 1;
        case Place::offered:
            return 2;
        case Place::waiting:
            return 3;
    }
    throw std::logic_error("a place outside its enum");
}

inline Place place_from_column(std::int64_t state)
{
    switch (state) {
        case 1:
            return Place::taken;
        case 2:
            return Place::offered;
        case 3:
            return Place::waiting;
        default:
            throw std::logic_error("an enrollment in a state that this program does not know");
    }
}

}  // namespace gonghui::training
