#pragma once
// Which function answers which message: the table of contents of training.

#include "common/messaging/handlers.hpp"
#include "services/training/storage/evolve.hpp"

namespace gonghui::training {

void wire(messaging::Handlers<TrainingStore>& handlers);

}  // namespace gonghui::training
