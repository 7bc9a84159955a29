// Every message of every schema: two bytes say which, the rest is its MessagePack.

#include "common/codec/fields.hpp"
#include "common/codec/writer.hpp"
#include "schemas/generated/gateway/every_message.hpp"
#include "schemas/generated/matchmaking/every_message.hpp"
#include "schemas/generated/notifications/every_message.hpp"
#include "schemas/generated/registration/every_message.hpp"
#include "schemas/generated/training/every_message.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <vector>

using namespace gonghui;

namespace {

template <class Message>
bool read(BytesView bytes, codec::Parser& parser, Message& message)
{
    const auto value = parser.parse(bytes);
    if (!value) return false;
    codec::Errors errors;
    decode(*value, message, errors);
    return errors.empty();
}

// What a schema lets through is written in one form, which it lets through again.
template <class Message>
void check(BytesView bytes)
{
    codec::Parser parser;
    Message message;
    if (!read(bytes, parser, message)) return;
    codec::Writer out;
    encode(out, message);
    codec::Parser second_parser;
    Message second;
    fuzz::require(read(out.view(), second_parser, second), "a message that was written can be read");
    codec::Writer again;
    encode(again, second);
    fuzz::require(as_text(out.view()) == as_text(again.view()), "a message has one form");
}

using Check = void (*)(BytesView);

std::vector<Check> all_checks()
{
    std::vector<Check> checks;
    const auto add = [&]<class Message>() {
        checks.push_back(check<Message>);
    };
    gateway::every_message(add);
    matchmaking::every_message(add);
    notifications::every_message(add);
    registration::every_message(add);
    training::every_message(add);
    return checks;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto checks = all_checks();
    if (size < 2) return 0;
    const std::size_t which = (std::size_t{data[0]} << 8U | data[1]) % checks.size();
    checks[which](fuzz::input(data + 2, size - 2));
    return 0;
}
