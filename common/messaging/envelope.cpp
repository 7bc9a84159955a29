#include "common/messaging/envelope.hpp"

#include <sodium.h>

#include <charconv>

namespace gonghui::messaging {

Chain next_chain(const Chain& previous, BytesView record)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, 32);
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(previous.data()), previous.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(record.data()), record.size());
    Chain chain{};
    crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(chain.data()), chain.size());
    return chain;
}

void encode_event(codec::Writer& out, const EventHeader& header, BytesView encoded_data)
{
    out.map(header.traceparent.empty() ? 10 : 11);
    const auto text = [&](std::string_view name, std::string_view value) {
        out.text(name);
        out.text(value);
    };
    out.text("id");
    out.binary(header.id.view());
    text("source", header.source);
    text("type", header.type);
    text("subject", header.subject);
    out.text("time");
    out.integer(to_microseconds(header.time));
    text("dataschema", header.dataschema);
    if (!header.traceparent.empty()) text("traceparent", header.traceparent);
    out.text("epoch");
    out.integer(header.epoch);
    out.text("seq");
    out.integer(header.seq);
    out.text("cause");
    out.binary(header.cause.view());
    out.text("data");
    out.raw(encoded_data);
}

namespace {

bool read(codec::Value value, std::string_view& into)
{
    const auto text = value.text();
    if (text) into = *text;
    return text.has_value();
}

bool read(codec::Value value, std::int64_t& into)
{
    const auto number = value.integer();
    if (number) into = *number;
    return number.has_value();
}

bool read(codec::Value value, Uuid& into)
{
    const auto bytes = value.binary();
    const auto uuid = bytes ? Uuid::from_bytes(*bytes) : std::nullopt;
    if (uuid) into = *uuid;
    return uuid.has_value();
}

bool read(codec::Value value, UtcTime& into)
{
    std::int64_t microseconds = 0;
    if (!read(value, microseconds)) return false;
    into = from_microseconds(microseconds);
    return true;
}

// One attribute into its place; false when it is of the wrong kind. Unknown attributes are passed over.
bool read_attribute(std::string_view name, codec::Value value, Event& event)
{
    auto& header = event.header;
    if (name == "id") return read(value, header.id);
    if (name == "source") return read(value, header.source);
    if (name == "type") return read(value, header.type);
    if (name == "subject") return read(value, header.subject);
    if (name == "time") return read(value, header.time);
    if (name == "dataschema") return read(value, header.dataschema);
    if (name == "traceparent") return read(value, header.traceparent);
    if (name == "epoch") return read(value, header.epoch);
    if (name == "seq") return read(value, header.seq);
    if (name == "cause") return read(value, header.cause);
    if (name == "data") {
        event.data = value;
        return value.kind() == codec::Kind::map || value.kind() == codec::Kind::binary;
    }
    return true;
}

}  // namespace

tl::expected<Event, std::string> decode_event(codec::Parser& parser, BytesView bytes)
{
    const auto root = parser.parse(bytes);
    if (!root) return tl::make_unexpected(root.error());
    if (root->kind() != codec::Kind::map) return tl::make_unexpected("an event is a map");
    Event event;
    for (std::size_t i = 0; i < root->size(); ++i) {
        const auto name = root->key(i).text();
        if (!name) return tl::make_unexpected("an event's keys are text");
        if (!read_attribute(*name, root->mapped(i), event))
            return tl::make_unexpected("event attribute " + std::string(*name) + " is of the wrong kind");
    }
    const auto& header = event.header;
    if (header.id.is_nil() || header.source.empty() || header.type.empty() || header.dataschema.empty() ||
        header.seq < 0 || header.epoch < 1 || event.data.kind() == codec::Kind::nil)
        return tl::make_unexpected("event lacks one of id, source, type, dataschema, epoch, seq, data");
    return event;
}

int version_of(std::string_view dataschema)
{
    const auto mark = dataschema.rfind(".v");
    if (mark == std::string_view::npos) return 0;
    int version = 0;
    const auto digits = dataschema.substr(mark + 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
    return error == std::errc{} && end == digits.data() + digits.size() ? version : 0;
}

}  // namespace gonghui::messaging
