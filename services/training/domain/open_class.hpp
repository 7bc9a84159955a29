#pragma once

#include "common/result/refusal.hpp"
#include "services/training/domain/facts.hpp"

namespace gonghui::training {

struct OpenFacts {
    std::optional<CampaignFacts> campaign;
    bool course_exists = false;
    bool class_exists = false;
    bool organisations_known = false;  // every organisation that the command names
    Standing standing;                 // of the actor towards the organisation that runs the campaign
};

// Sessions must come in order and without overlap: clashes are found by walking two lists side by side.
[[nodiscard]] Decided<ClassOpened> open_class(const OpenFacts& facts, const OpenClass& command, const Actor& actor);

}  // namespace gonghui::training
