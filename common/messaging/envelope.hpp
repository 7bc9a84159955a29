#pragma once
// The event as it stands in the log and on the wire: one MessagePack map with CloudEvents 1.0 attribute names.
// Encoded once; who passes it on passes the bytes on.

#include "common/codec/value.hpp"
#include "common/codec/writer.hpp"
#include "common/ids/uuid.hpp"
#include "common/messaging/source.hpp"
#include "common/time/clock.hpp"

#include <tl/expected.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gonghui::messaging {

// BLAKE2b-256 over the previous record's chain value and this record's bytes. The first record follows 32 zero bytes.
using Chain = std::array<std::byte, 32>;
Chain next_chain(const Chain& previous, BytesView record);

// A position in a source's log: everything up to and including `seq` is known, and `chain` vouches for it.
struct Position {
    std::int64_t epoch = 1;
    std::int64_t seq = 0;  // 0: before the first event
    Chain chain{};
    friend bool operator==(const Position&, const Position&) = default;
};

// Everything but the data. `dataschema` is "<service>/<type>.v<version>"; `cause` is the id of the command, event or
// timer that led here; `subject` is what the event is about, and by default its lane.
struct EventHeader {
    Uuid id;
    std::string_view source;
    std::string_view type;
    std::string_view subject;
    UtcTime time;
    std::string_view dataschema;
    std::string_view traceparent;  // W3C trace context; may be empty
    std::int64_t epoch = 1;
    std::int64_t seq = 0;
    Uuid cause;
};

// A decoded event. Its views live as long as the bytes and the parser that read them.
struct Event {
    EventHeader header;
    codec::Value data;  // a map; a bin when the event is private: sealed for its own service
    [[nodiscard]] bool is_private() const { return data.kind() == codec::Kind::binary; }
};

void encode_event(codec::Writer& out, const EventHeader& header, BytesView encoded_data);
tl::expected<Event, std::string> decode_event(codec::Parser& parser, BytesView bytes);

// The version at the end of a dataschema ("...v2" -> 2); 0 when there is none.
int version_of(std::string_view dataschema);

}  // namespace gonghui::messaging
