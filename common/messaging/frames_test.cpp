#include "common/messaging/frames.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gonghui::messaging {
namespace {

TEST(Frames, HoldSeveralMessages)
{
    codec::Writer frame;
    append_routed_request(frame, 0x1122334455667788U, "ctl", as_bytes("the request"));
    append_routed_reply(frame, 7, as_bytes("the reply"));
    append_event(frame, "331083.training.seat_taken", as_bytes("the event"));

    FrameReader reader(frame.view());
    const auto request = reader.next();
    ASSERT_TRUE(request);
    EXPECT_EQ(request->word, Word::request);
    EXPECT_EQ(request->token, 0x1122334455667788U);
    EXPECT_EQ(request->text, "ctl");
    EXPECT_EQ(as_text(request->bytes), "the request");
    const auto reply = reader.next();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->word, Word::reply);
    EXPECT_EQ(reply->token, 7U);
    const auto event = reader.next();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->text, "331083.training.seat_taken");
    EXPECT_EQ(as_text(event->bytes), "the event");
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.malformed());
}

TEST(Frames, AMessageCanBePassedOnAsItStands)
{
    codec::Writer frame;
    append_event(frame, "331083.training.a", as_bytes("1"));
    append_event(frame, "331083.training.b", as_bytes("2"));
    FrameReader reader(frame.view());
    reader.next();
    const auto second = reader.next();
    ASSERT_TRUE(second);
    FrameReader copy(second->whole);
    EXPECT_EQ(copy.next().value_or(WireMessage{}).text, "331083.training.b");
}

TEST(Frames, PassOverWordsAndElementsOfALaterVersion)
{
    codec::Writer frame;
    frame.array(2);
    frame.text("brand_new");
    frame.integer(1);
    frame.array(4);
    frame.text("reply");
    frame.binary(as_bytes("r"));
    frame.array(0);
    frame.boolean(true);
    FrameReader reader(frame.view());
    EXPECT_EQ(reader.next().value_or(WireMessage{}).word, Word::unknown);
    EXPECT_EQ(as_text(reader.next().value_or(WireMessage{}).bytes), "r");
    EXPECT_FALSE(reader.malformed());
}

TEST(Frames, SayWhenTheyAreMalformed)
{
    codec::Writer no_array;
    no_array.text("request");
    codec::Writer no_bytes;
    no_bytes.array(1);
    no_bytes.text("request");
    codec::Writer whole;
    append_request(whole, as_bytes("abc"));
    for (const auto frame : {no_array.view(), no_bytes.view(), whole.view().first(whole.view().size() - 1),
                             as_bytes("%PDF-1.7"), as_bytes(std::string_view("\x90", 1))}) {
        FrameReader reader(frame);
        EXPECT_FALSE(reader.next());
        EXPECT_TRUE(reader.malformed());
    }
}

TEST(Frames, CarryAHolding)
{
    codec::Writer frame;
    append_hold(frame, Holding{Source{"331083", "training", 3}, 8, 41, 2, 1'000'000, 7});
    FrameReader reader(frame.view());
    const auto message = reader.next();
    ASSERT_TRUE(message);
    const auto holding = decode_holding(message->holding);
    ASSERT_TRUE(holding);
    EXPECT_EQ(to_string(holding->source), "331083/training/3");
    EXPECT_EQ(holding->partitions, 8);
    EXPECT_EQ(holding->claim, 41);
    EXPECT_EQ(holding->epoch, 2);
    EXPECT_EQ(holding->seq, 1'000'000);
    EXPECT_EQ(holding->wire, 7);
}

TEST(Frames, RefuseAHoldingBeyondItsPartitions)
{
    codec::Writer frame;
    append_hold(frame, Holding{Source{"331083", "training", 8}, 8, 41, 2, 5});
    FrameReader reader(frame.view());
    EXPECT_FALSE(decode_holding(reader.next().value_or(WireMessage{}).holding));
}

TEST(Frames, CarryATicketBesideARequestAndAReply)
{
    codec::Writer frame;
    append_request(frame, as_bytes("abc"), as_bytes("my place"));
    append_reply(frame, as_bytes("def"), as_bytes("your place"));
    append_request(frame, as_bytes("ghi"));
    FrameReader reader(frame.view());
    for (const auto& [bytes, ticket] : {std::pair{"abc", "my place"}, {"def", "your place"}, {"ghi", ""}}) {
        const auto message = reader.next();
        ASSERT_TRUE(message);
        EXPECT_EQ(as_text(message->bytes), bytes);
        EXPECT_EQ(as_text(message->ticket), ticket);
    }
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.malformed());
}

}  // namespace
}  // namespace gonghui::messaging
