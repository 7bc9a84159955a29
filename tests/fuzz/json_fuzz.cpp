// What a browser sends: any bytes, taken for the body and for the address of any request there is. The first two bytes
// say of which.

#include "common/codec/value.hpp"
#include "schemas/json/from_json.hpp"
#include "schemas/json/to_json.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <vector>

using namespace gonghui;

namespace {

const std::vector<const schemas::Message*>& requests()
{
    static const auto all = [] {
        std::vector<const schemas::Message*> found;
        for (const auto& message : schemas::messages())
            if (message.kind != schemas::Kind::event) found.push_back(&message);
        return found;
    }();
    return all;
}

void look(const schemas::Message& message, const schemas::Reading& read)
{
    if (!read) return fuzz::require(!read.error().empty(), "what is refused is refused for a reason");
    codec::Parser parser;
    const auto value = parser.parse(read->data);
    fuzz::require(value.has_value() && value->kind() == codec::Kind::map, "what is taken is one map");
    std::string text;
    schemas::append_json(text, *message.data, *value);
    const auto again = schemas::from_json(message, text, {});
    fuzz::require(again && again->data == read->data, "what was written is read as the same");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2) return 0;
    const auto& message = *requests()[(std::size_t{data[0]} << 8U | data[1]) % requests().size()];
    const auto text = as_text(fuzz::input(data + 2, size - 2));
    look(message, schemas::from_json(message, text, {}));
    look(message, schemas::from_query(message, text, {}));
    return 0;
}
