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
#include <vector>

namespace gonghui::ctl {

enum class JsonForm : std::uint8_t { one_line, indented };

// What one service answered to `held_about`: the replies as they came, of all pages and partitions.
struct HeldPart {
    std::string service;
    std::vector<Bytes> pages;
};
struct HeldHead {
    Uuid person;
    UtcTime at;
    std::string reason;
};
// The parts in one object for people to read; lists that came in pages are whole again.
struct HeldCopy {
    struct Count {
        std::string service, what;
        std::int64_t entries = 0;
    };
    std::string json;
    std::vector<Count> counts;  // without what is empty
};
HeldCopy held_copy(const HeldHead& head, const std::vector<HeldPart>& parts);

// The whole reply. `message`: what was asked; null for the bus's own. `wording`: of a refusal, if there is one.
std::string reply_json(const messaging::ReceivedReply& reply, const schemas::Message* message, const Text* wording,
                       Language language, JsonForm form);

// Header and data of an event. One without a schema is written by its kinds.
std::string event_json(const messaging::Event& event, JsonForm form);
// The data alone, on one line.
std::string event_data_json(const messaging::Event& event);

std::string status_json(const std::vector<PartitionReport>& reports, const std::vector<Lag>& lags,
                        const Verdict& verdict, JsonForm form);

}  // namespace gonghui::ctl
