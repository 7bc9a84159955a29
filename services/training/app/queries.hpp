#pragma once
// What may be asked of training. On a reader's thread and connection.

#include "common/messaging/unit.hpp"
#include "services/training/storage/training_store.hpp"

namespace gonghui::training {

[[nodiscard]] messaging::Reply handle(const Campaigns& query, const messaging::Context& context, TrainingStore& reader);
[[nodiscard]] messaging::Reply handle(const Courses& query, const messaging::Context& context, TrainingStore& reader);
[[nodiscard]] messaging::Reply handle(const CampaignStatus& query, const messaging::Context& context,
                                      TrainingStore& reader);
[[nodiscard]] messaging::Reply handle(const MyEnrollments& query, const messaging::Context& context,
                                      TrainingStore& reader);
[[nodiscard]] messaging::Reply handle(const HeldAbout& query, const messaging::Context& context, TrainingStore& reader);
[[nodiscard]] messaging::Reply handle(const MyRank& query, const messaging::Context& context, TrainingStore& reader);
[[nodiscard]] messaging::Reply handle(const ClassRoster& query, const messaging::Context& context,
                                      TrainingStore& reader);

}  // namespace gonghui::training
