#pragma once
// What a ZeroMQ frame holds, between the hub and everybody else: one or more messages back to back, each a MessagePack
// array that begins with a word (PROTOCOL.md, "Frames"). A frame carries many small messages because encrypting a frame
// costs more than encrypting what is in it.

#include "common/codec/scan.hpp"
#include "common/codec/writer.hpp"
#include "common/messaging/transport.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace gonghui::messaging {

enum class Word : std::uint8_t {
    request,    // to the hub: [request, ticket?]; to a holder: [token, caller, request]
    reply,      // to the hub: [token, reply]; to a caller: [reply, ticket?]
    hold,       // to the hub: [holding]
    release,    // to the hub: [source]
    event,      // to the hub and on to followers: [topic, event]
    follow,     // to the hub: [topic prefix]
    following,  // from the hub: [topic prefix]
    refused,    // from the hub: [code, what was refused]
    released,   // from the hub: [source]
    unknown,    // of a later version: passed over
};

// One message of a frame. Views of the frame.
struct WireMessage {
    Word word = Word::unknown;
    std::optional<ReplyToken> token;
    std::string_view text;    // caller, source, topic, prefix or code
    std::string_view detail;  // what was refused
    BytesView bytes;          // request, reply or event
    BytesView ticket;         // of somebody who was turned away
    BytesView holding;        // an encoded map, for decode_holding
    BytesView whole;          // the message as it stands in the frame
};

// Steps through a frame. `next` returns nullopt at the end and at the first thing that is no message; `malformed` tells
// them apart.
class FrameReader {
public:
    FrameReader() : scan_(BytesView{}) {}
    explicit FrameReader(BytesView frame) : scan_(frame) {}
    std::optional<WireMessage> next();
    [[nodiscard]] bool malformed() const { return malformed_; }

private:
    codec::Scan scan_;
    bool malformed_ = false;
};

void append_request(codec::Writer& frame, BytesView request, BytesView ticket = {});
void append_routed_request(codec::Writer& frame, ReplyToken token, std::string_view caller, BytesView request);
void append_routed_reply(codec::Writer& frame, ReplyToken token, BytesView reply);
void append_reply(codec::Writer& frame, BytesView reply, BytesView ticket = {});
void append_hold(codec::Writer& frame, const Holding& holding);
void append_release(codec::Writer& frame, const Source& source);
void append_event(codec::Writer& frame, std::string_view topic, BytesView event);
void append_follow(codec::Writer& frame, std::string_view prefix);
void append_following(codec::Writer& frame, std::string_view prefix);
void append_refused(codec::Writer& frame, std::string_view code, std::string_view what);
void append_released(codec::Writer& frame, std::string_view source);

// nullopt unless everything is there and makes sense: partitions >= 1, the source's partition among them, claim >= 0.
std::optional<Holding> decode_holding(BytesView map);

}  // namespace gonghui::messaging
