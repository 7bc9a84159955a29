#pragma once
// What came over the bus as JSON, read by the catalogue: ids, times and dates as people write them, sealed fields as
// "sealed(<n> bytes)".

#include "common/messaging/envelope.hpp"
#include "common/messaging/request.hpp"
#include "common/text/language.hpp"
#include "schemas/generated/catalogue.hpp"
#include "services/ctl/domain/levels.hpp"

#include <cstdint>
#include <string>

namespace gonghui::ctl {

enum class JsonForm : std::uint8_t { one_line, indented };

// The whole reply. `message`: what was asked; null for the bus's own. A refusal comes with its wording.
std::string reply_json(const messaging::ReceivedReply& reply, const schemas::Message* message, Language language,
                       JsonForm form);

// Header and data of an event. One without a schema is written by its kinds.
std::string event_json(const messaging::Event& event, JsonForm form);
// The data alone, on one line.
std::string event_data_json(const messaging::Event& event);

std::string status_json(const std::vector<PartitionReport>& reports, const std::vector<Lag>& lags,
                        const Verdict& verdict, JsonForm form);

}  // namespace gonghui::ctl
