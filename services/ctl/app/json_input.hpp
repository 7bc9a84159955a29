#pragma once
// JSON as people write it -> the MessagePack of a message, checked against the catalogue before anything is sent.

#include "common/bytes/bytes.hpp"
#include "common/ids/uuid.hpp"
#include "common/text/language.hpp"
#include "schemas/generated/catalogue.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::ctl {

// `path` is dotted ("rows.3.phone"), empty for the whole. Never holds the value: it may be personal.
struct InputProblem {
    std::string path;
    Text why;
    std::string detail;  // for {0}
};

struct MessageInput {
    Bytes data;               // one encoded map
    std::optional<Uuid> key;  // the value of the message's routing field
};

tl::expected<MessageInput, std::vector<InputProblem>> read_message(const schemas::Message& message,
                                                                   std::string_view json);

// Of a request that no schema describes (the bus's own): JSON's kinds as MessagePack's.
tl::expected<Bytes, std::vector<InputProblem>> read_plain(std::string_view json);

}  // namespace gonghui::ctl
