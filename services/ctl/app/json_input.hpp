#pragma once
// JSON as people write it -> the MessagePack of a message, or what is wrong with it in words.

#include "common/bytes/bytes.hpp"
#include "common/text/language.hpp"
#include "schemas/generated/catalogue.hpp"
#include "schemas/json/from_json.hpp"

#include <tl/expected.hpp>

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

tl::expected<schemas::MessageInput, std::vector<InputProblem>> read_message(const schemas::Message& message,
                                                                            std::string_view json);

// Of a request that no schema describes (the bus's own): JSON's kinds as MessagePack's.
tl::expected<Bytes, std::vector<InputProblem>> read_plain(std::string_view json);

}  // namespace gonghui::ctl
