#pragma once
// What training is told to do. Each loads its facts, asks the rule, records what follows and answers. On the writer's
// thread, within the message's savepoint.

#include "services/training/app/promotions.hpp"

namespace gonghui::training {

[[nodiscard]] messaging::Reply handle(const AddCourse& command, TrainingUnit& unit);
[[nodiscard]] messaging::Reply handle(const PlanCampaign& command, TrainingUnit& unit);
[[nodiscard]] messaging::Reply handle(const ChangeCampaign& command, TrainingUnit& unit);
[[nodiscard]] messaging::Reply handle(const OpenClass& command, TrainingUnit& unit);
[[nodiscard]] messaging::Reply handle(const Enroll& command, TrainingUnit& unit);
[[nodiscard]] messaging::Reply handle(const Cancel& command, TrainingUnit& unit);
[[nodiscard]] messaging::Reply handle(const AcceptOffer& command, TrainingUnit& unit);
[[nodiscard]] messaging::Reply handle(const DeclineOffer& command, TrainingUnit& unit);

}  // namespace gonghui::training
