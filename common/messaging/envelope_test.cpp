#include "common/messaging/envelope.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

namespace gonghui::messaging {
namespace {

using Write = std::function<void(codec::Writer&)>;

Write text(std::string_view value)
{
    return [value](codec::Writer& out) {
        out.text(value);
    };
}
Write number(std::int64_t value)
{
    return [value](codec::Writer& out) {
        out.integer(value);
    };
}
Write binary(std::string_view value)
{
    return [value](codec::Writer& out) {
        out.binary(as_bytes(value));
    };
}

// An event attribute by attribute, to leave out one or to make another of it.
struct Attributes : std::map<std::string, Write> {
    Attributes()
    {
        *this = {{"id", binary("0123456789abcdef")},
                 {"source", text("331083/training/0")},
                 {"type", text("seat_taken")},
                 {"subject", text("a course")},
                 {"time", number(1)},
                 {"dataschema", text("training/seat_taken.v2")},
                 {"traceparent", text("00-ab-cd-01")},
                 {"epoch", number(3)},
                 {"seq", number(7)},
                 {"cause", binary("fedcba9876543210")},
                 {"data", [](codec::Writer& out) {
                      out.map(0);
                  }}};
    }
    using std::map<std::string, Write>::operator=;

    [[nodiscard]] Bytes encoded() const
    {
        codec::Writer out;
        out.map(size());
        for (const auto& [name, write] : *this) {
            out.text(name);
            write(out);
        }
        return out.take();
    }
};

// Why it cannot be read; empty when it can.
std::string complaint(const Bytes& bytes)
{
    codec::Parser parser;
    const auto event = decode_event(parser, bytes);
    return event ? std::string() : event.error();
}

TEST(Envelope, IsReadAsItWasWritten)
{
    codec::Writer data;
    data.map(0);
    EventHeader header;
    header.id = header.cause = *Uuid::parse("0190b6a0-1234-7abc-8def-0123456789ab");
    header.source = "331083/training/0";
    header.type = "seat_taken";
    header.subject = "a course";
    header.time = from_microseconds(5);
    header.dataschema = "training/seat_taken.v2";
    header.epoch = 3;
    header.seq = 7;
    for (const auto* trace : {"", "00-ab-cd-01"}) {
        header.traceparent = trace;
        codec::Writer out;
        encode_event(out, header, data.view());
        codec::Parser parser;
        const auto read = decode_event(parser, out.view());
        ASSERT_TRUE(read) << read.error();
        EXPECT_EQ(read->header.id, header.id);
        EXPECT_EQ(read->header.source, header.source);
        EXPECT_EQ(read->header.type, header.type);
        EXPECT_EQ(read->header.subject, header.subject);
        EXPECT_EQ(read->header.time, header.time);
        EXPECT_EQ(read->header.dataschema, header.dataschema);
        EXPECT_EQ(read->header.traceparent, trace);
        EXPECT_EQ(read->header.epoch, 3);
        EXPECT_EQ(read->header.seq, 7);
        EXPECT_EQ(read->header.cause, header.cause);
        EXPECT_FALSE(read->is_private());
    }
}

TEST(Envelope, NamesTheAttributeThatIsOfTheWrongKind)
{
    EXPECT_EQ(complaint(Attributes().encoded()), "");
    for (const auto& [name, written] : Attributes()) {
        Attributes wrong;
        wrong[name] = [](codec::Writer& out) {
            out.boolean(true);
        };
        EXPECT_EQ(complaint(wrong.encoded()), "event attribute " + name + " is of the wrong kind");
    }
    Attributes short_id;
    short_id["id"] = binary("0123");
    EXPECT_EQ(complaint(short_id.encoded()), "event attribute id is of the wrong kind");
}

TEST(Envelope, LacksNothingThatAFollowerNeeds)
{
    for (const auto* name : {"id", "source", "type", "dataschema", "data"}) {
        Attributes lacking;
        lacking.erase(name);
        EXPECT_THAT(complaint(lacking.encoded()), testing::StartsWith("event lacks one of")) << name;
    }
    for (const auto* name : {"subject", "time", "traceparent", "epoch", "seq", "cause"}) {
        Attributes lacking;
        lacking.erase(name);
        EXPECT_EQ(complaint(lacking.encoded()), "") << name;
    }
    for (const auto& [name, value] : std::map<std::string, std::int64_t>{{"seq", -1}, {"epoch", 0}}) {
        Attributes impossible;
        impossible[name] = number(value);
        EXPECT_THAT(complaint(impossible.encoded()), testing::StartsWith("event lacks one of")) << name;
    }
}

TEST(Envelope, MayHaveAttributesOfALaterVersion)
{
    Attributes later;
    later["colour"] = text("red");
    EXPECT_EQ(complaint(later.encoded()), "");
}

TEST(Envelope, IsAMapWithNames)
{
    codec::Writer list;
    list.array(0);
    EXPECT_EQ(complaint(list.take()), "an event is a map");
    codec::Writer numbered;
    numbered.map(1);
    numbered.integer(1);
    numbered.integer(1);
    EXPECT_EQ(complaint(numbered.take()), "an event's keys are text");
    EXPECT_NE(complaint(to_bytes(as_bytes("%PDF-1.7"))), "");
}

TEST(Envelope, IsPrivateWhenItsDataIsSealed)
{
    Attributes sealed;
    sealed["data"] = binary("sealed");
    const auto bytes = sealed.encoded();
    codec::Parser parser;
    EXPECT_TRUE(decode_event(parser, bytes).value().is_private());
}

TEST(Dataschema, EndsWithItsVersion)
{
    EXPECT_EQ(version_of("training/seat_taken.v2"), 2);
    EXPECT_EQ(version_of("training/seat.v1.v12"), 12);
    for (const auto* without : {"training/seat_taken", "training/seat_taken.v", "training/seat_taken.vx",
                                "training/seat_taken.v2x", "training/seat_taken.v99999999999"})
        EXPECT_EQ(version_of(without), 0) << without;
}

}  // namespace
}  // namespace gonghui::messaging
