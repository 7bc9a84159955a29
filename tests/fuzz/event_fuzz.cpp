// Events as followers and a replay read them: from the wire, from pages, from a log.

#include "common/messaging/envelope.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace gonghui;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    codec::Parser parser;
    const auto event = messaging::decode_event(parser, fuzz::input(data, size));
    if (!event) {
        fuzz::require(!event.error().empty(), "an event that is refused says why");
        return 0;
    }
    // What was read can be written, and reads as the same.
    codec::Writer body;
    body.value(event->data);
    codec::Writer out;
    messaging::encode_event(out, event->header, body.view());
    codec::Parser second_parser;
    const auto second = messaging::decode_event(second_parser, out.view());
    fuzz::require(second.has_value(), "an event that was written can be read");
    fuzz::require(second->header.id == event->header.id && second->header.source == event->header.source &&
                      second->header.seq == event->header.seq && second->header.epoch == event->header.epoch &&
                      second->header.dataschema == event->header.dataschema &&
                      second->header.cause == event->header.cause && second->is_private() == event->is_private(),
                  "an event keeps what it says");
    static_cast<void>(messaging::version_of(event->header.dataschema));
    return 0;
}
