// Requests and replies. The hub reads a request's head its own way, to route it and to judge the caller; it must never
// see another request than the service does.

#include "common/messaging/request.hpp"
#include "services/hub/domain/request_head.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace gonghui;

namespace {

void read_as_request(BytesView bytes)
{
    codec::Parser parser;
    const auto request = messaging::decode_request(parser, bytes, "ctl");
    const auto head = hub::read_head(bytes);
    if (!request) {
        fuzz::require(!request.error().empty(), "a request that is refused says why");
        return;
    }
    fuzz::require(head.has_value(), "the hub can route what a service would run");
    fuzz::require(head->id == request->id && head->type == request->type && head->key == request->key &&
                      head->partition == request->partition && head->deadline == request->deadline,
                  "hub and service read the same request");
    fuzz::require(messaging::fingerprint(*request) == messaging::fingerprint(*request),
                  "a request has one fingerprint");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto bytes = fuzz::input(data, size);
    read_as_request(bytes);
    codec::Parser parser;
    static_cast<void>(messaging::decode_reply(parser, bytes));
    return 0;
}
