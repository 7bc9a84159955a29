#include "common/messaging/frames.hpp"

#include <algorithm>
#include <array>

namespace gonghui::messaging {

namespace {

constexpr std::array<std::string_view, 9> words{"request", "reply",     "hold",    "release", "event",
                                                "follow",  "following", "refused", "released"};

Word word_of(std::string_view text)
{
    const auto* found = std::find(words.begin(), words.end(), text);
    return static_cast<Word>(found - words.begin());
}

void begin(codec::Writer& frame, Word word, std::size_t elements)
{
    frame.array(1 + elements);
    frame.text(words.at(static_cast<std::size_t>(word)));
}

// A token is an unsigned number on both ends; MessagePack's integers reach as far as int64 everywhere.
void write_token(codec::Writer& frame, ReplyToken token)
{
    frame.integer(static_cast<std::int64_t>(token));
}

// Puts one element where its kind belongs; elements of a later version are passed over.
bool read_element(codec::Scan& scan, WireMessage& message)
{
    if (const auto bytes = scan.binary()) {
        (message.bytes.empty() ? message.bytes : message.ticket) = *bytes;
    } else if (const auto text = scan.text()) {
        (message.text.empty() ? message.text : message.detail) = *text;
    } else if (const auto number = scan.integer()) {
        message.token = static_cast<ReplyToken>(*number);
    } else {
        const auto other = scan.value();
        if (!other) return false;
        message.holding = *other;
    }
    return true;
}

bool has_what_it_needs(const WireMessage& message)
{
    switch (message.word) {
        case Word::request:
        case Word::reply:
            return !message.bytes.empty();
        case Word::hold:
            return !message.holding.empty();
        case Word::event:
            return !message.text.empty() && !message.bytes.empty();
        case Word::release:
        case Word::refused:
        case Word::released:
            return !message.text.empty();
        case Word::follow:  // an empty prefix is everything
        case Word::following:
        case Word::unknown:
            return true;
    }
    return false;
}

}  // namespace

std::optional<WireMessage> FrameReader::next()
{
    if (malformed_ || scan_.at_end()) return std::nullopt;
    malformed_ = true;  // until the whole message has been read
    const auto whole = scan_.value();
    if (!whole) return std::nullopt;
    codec::Scan scan(*whole);
    const auto elements = scan.array();
    const auto word = elements.value_or(0) > 0 ? scan.text() : std::nullopt;
    if (!word) return std::nullopt;
    WireMessage message;
    message.word = word_of(*word);
    message.whole = *whole;
    for (std::size_t i = 1; i < *elements; ++i)
        if (!read_element(scan, message)) return std::nullopt;
    if (!has_what_it_needs(message)) return std::nullopt;
    malformed_ = false;
    return message;
}

void append_request(codec::Writer& frame, BytesView request, BytesView ticket)
{
    begin(frame, Word::request, ticket.empty() ? 1 : 2);
    frame.binary(request);
    if (!ticket.empty()) frame.binary(ticket);
}

void append_routed_request(codec::Writer& frame, ReplyToken token, std::string_view caller, BytesView request)
{
    begin(frame, Word::request, 3);
    write_token(frame, token);
    frame.text(caller);
    frame.binary(request);
}

void append_routed_reply(codec::Writer& frame, ReplyToken token, BytesView reply)
{
    begin(frame, Word::reply, 2);
    write_token(frame, token);
    frame.binary(reply);
}

void append_reply(codec::Writer& frame, BytesView reply, BytesView ticket)
{
    begin(frame, Word::reply, ticket.empty() ? 1 : 2);
    frame.binary(reply);
    if (!ticket.empty()) frame.binary(ticket);
}

void append_hold(codec::Writer& frame, const Holding& holding)
{
    begin(frame, Word::hold, 1);
    frame.map(6);
    frame.text("source");
    frame.text(to_string(holding.source));
    frame.text("partitions");
    frame.integer(holding.partitions);
    frame.text("claim");
    frame.integer(holding.claim);
    frame.text("epoch");
    frame.integer(holding.epoch);
    frame.text("seq");
    frame.integer(holding.seq);
    frame.text("wire");
    frame.integer(holding.wire);
}

void append_release(codec::Writer& frame, const Source& source)
{
    begin(frame, Word::release, 1);
    frame.text(to_string(source));
}

void append_event(codec::Writer& frame, std::string_view topic, BytesView event)
{
    begin(frame, Word::event, 2);
    frame.text(topic);
    frame.binary(event);
}

void append_follow(codec::Writer& frame, std::string_view prefix)
{
    begin(frame, Word::follow, 1);
    frame.text(prefix);
}

void append_following(codec::Writer& frame, std::string_view prefix)
{
    begin(frame, Word::following, 1);
    frame.text(prefix);
}

void append_refused(codec::Writer& frame, std::string_view code, std::string_view what)
{
    begin(frame, Word::refused, 2);
    frame.text(code);
    frame.text(what);
}

void append_released(codec::Writer& frame, std::string_view source)
{
    begin(frame, Word::released, 1);
    frame.text(source);
}

std::optional<Holding> decode_holding(BytesView map)
{
    codec::Scan scan(map);
    const auto entries = scan.map();
    if (!entries) return std::nullopt;
    Holding holding;
    holding.wire = 1;  // which did not say so at first
    std::optional<Source> source;
    for (std::size_t i = 0; i < *entries; ++i) {
        const auto name = scan.text();
        if (!name) return std::nullopt;
        if (*name == "source") {
            source = Source::parse(scan.text().value_or(""));
            if (!source) return std::nullopt;
            continue;
        }
        const auto number = scan.integer();
        if (!number) {
            if (!scan.value()) return std::nullopt;
            continue;
        }
        if (*name == "partitions") holding.partitions = static_cast<int>(std::clamp<std::int64_t>(*number, 0, 1 << 16));
        if (*name == "claim") holding.claim = *number;
        if (*name == "epoch") holding.epoch = *number;
        if (*name == "seq") holding.seq = *number;
        if (*name == "wire") holding.wire = *number;
    }
    if (!source || source->partition >= holding.partitions || holding.claim < 0) return std::nullopt;
    holding.source = *std::move(source);
    return holding;
}

}  // namespace gonghui::messaging
