#pragma once
// Requests (commands and queries) and replies.

#include "common/actor/actor.hpp"
#include "common/codec/fields.hpp"
#include "common/codec/writer.hpp"
#include "common/messaging/envelope.hpp"
#include "common/result/refusal.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gonghui::messaging {

// Where a reply stands: the receiver's log position when it answered.
struct At {
    std::string source;
    std::int64_t epoch = 1;
    std::int64_t seq = 0;
};

// A decoded request; its views live as long as the bytes and the parser that read them.
struct Request {
    Uuid id;                                // UUIDv7: the idempotency key, together with the caller
    std::string_view type;                  // "training.enroll"
    std::optional<Uuid> key;                // routes to a partition
    std::optional<std::int64_t> partition;  // the bus's own requests name it outright
    Actor actor;
    std::optional<UtcTime> deadline;  // after it nobody waits for the answer
    std::optional<At> after;          // answer only once level with this
    std::string_view traceparent;
    codec::Value data;
};

// What a caller fills in; `data` is one encoded map.
struct OutgoingRequest {
    Uuid id;
    std::string type;
    std::optional<Uuid> key;
    std::optional<std::int64_t> partition;
    std::optional<Actor> actor;  // only the edge and ctl may assert one
    std::optional<UtcTime> deadline;
    std::optional<At> after;
    std::string traceparent;
    Bytes data;
};

Bytes encode_request(const OutgoingRequest& request);

// `caller` is the service that the hub stamped; it becomes the actor when the request asserts none.
tl::expected<Request, std::vector<codec::FieldError>> decode_request(codec::Parser& parser, BytesView bytes,
                                                                     std::string_view caller);

// The id of a request that cannot be decoded (nested too deep, a field of another kind), so that its caller can tell
// which one was wrong; nil when not even that can be read.
Uuid id_of(BytesView request);

// BLAKE2b-128 over type, key, partition, actor and data: what must not change under one id. Deadline, trace and `after`
// may differ from one attempt to the next.
std::array<std::byte, 16> fingerprint(const Request& request);

enum class Outcome : std::uint8_t {
    accepted,  // committed, synced; the answer stands
    refused,   // a rule said no: `code` and the facts behind it; the answer stands
    invalid,   // the request is not of its form: field by field; never recorded
    retry,     // not now: after `retry_after`; never recorded
    fault,     // ours; nothing was changed; never recorded
};

std::string_view to_string(Outcome outcome);
std::optional<Outcome> parse_outcome(std::string_view text);

// An answer before it is encoded.
struct Reply {
    Outcome outcome = Outcome::accepted;
    Bytes data;        // accepted: one encoded map, or empty
    std::string code;  // refused, invalid, retry, fault: which
    std::vector<Fact> facts;
    std::vector<codec::FieldError> errors;
    std::chrono::milliseconds retry_after{0};

    static Reply accepted() { return {}; }
    template <class Message>
    static Reply accepted(const Message& message)
    {
        codec::Writer out;
        encode(out, message);  // the generated codec
        Reply reply;
        reply.data = out.take();
        return reply;
    }
    static Reply refused(const Refusal& refusal);
    static Reply invalid(std::string code, std::vector<codec::FieldError> errors = {});
    static Reply retry(std::string code, std::chrono::milliseconds after);
    static Reply fault(std::string code);
};

Bytes encode_reply(const Uuid& request_id, const Reply& reply, const At& at);

// A reply as a client reads it; views as for Event.
struct ReceivedReply {
    Uuid id;
    Outcome outcome = Outcome::fault;
    std::string_view code;
    At at;
    std::chrono::milliseconds retry_after{0};
    codec::Value data;
    codec::Value facts;   // a map
    codec::Value errors;  // an array of {path, code}
};
tl::expected<ReceivedReply, std::string> decode_reply(codec::Parser& parser, BytesView bytes);

}  // namespace gonghui::messaging
