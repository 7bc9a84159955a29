#include "common/messaging/request.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace gonghui::messaging {
namespace {

// A request with id, type and data, and what `add` writes of `more` further entries.
Bytes request_with(std::size_t more, const std::function<void(codec::Writer&)>& add)
{
    const auto id = Uuid::parse("0190b6a0-1234-7abc-8def-0123456789ab");
    codec::Writer out;
    out.map(3 + more);
    out.text("id");
    out.binary(id->view());
    out.text("type");
    out.text("training.enroll");
    add(out);
    out.text("data");
    out.map(0);
    return out.take();
}

std::string_view complaint(const Bytes& bytes)
{
    codec::Parser parser;
    const auto request = decode_request(parser, bytes, "ctl");
    return request ? "" : request.error().front().code;
}

TEST(Request, IsReadWithAttributesOfALaterVersion)
{
    EXPECT_EQ(complaint(request_with(1,
                                     [](codec::Writer& out) {
                                         out.text("colour");
                                         out.text("red");
                                     })),
              "");
}

TEST(Request, NamesEachAttributeOnce)
{
    EXPECT_EQ(complaint(request_with(2,
                                     [](codec::Writer& out) {
                                         out.text("key");
                                         out.nil();
                                         out.text("key");
                                         out.nil();
                                     })),
              "unfit_names");
    EXPECT_EQ(complaint(request_with(1,
                                     [](codec::Writer& out) {
                                         out.integer(7);
                                         out.text("partition");
                                     })),
              "unfit_names");
}

TEST(Request, HasNoMoreAttributesThanCanBeCompared)
{
    EXPECT_EQ(complaint(request_with(40,
                                     [](codec::Writer& out) {
                                         for (int i = 0; i < 40; ++i) {
                                             out.text("a" + std::to_string(i));
                                             out.nil();
                                         }
                                     })),
              "unfit_names");
}

std::vector<std::string> complaints(const Bytes& bytes)
{
    codec::Parser parser;
    std::vector<std::string> all;
    if (const auto request = decode_request(parser, bytes, "ctl"); !request)
        for (const auto& error : request.error()) all.push_back(error.path + ": " + std::string(error.code));
    return all;
}

TEST(Request, IsReadAsItWasWritten)
{
    OutgoingRequest sent;
    sent.id = *Uuid::parse("0190b6a0-1234-7abc-8def-0123456789ab");
    sent.type = "training.enroll";
    sent.key = *Uuid::parse("0190b6a0-1234-7abc-8def-000000000001");
    sent.partition = 2;
    sent.actor = Actor{Role::worker, *Uuid::parse("0190b6a0-1234-7abc-8def-000000000002"), {}, "edge"};
    sent.deadline = from_microseconds(5);
    sent.after = At{"331083/training/0", 3, 7};
    sent.traceparent = "00-ab-cd-01";
    const auto bytes = encode_request(sent);
    codec::Parser parser;
    const auto read = decode_request(parser, bytes, "edge").value();
    EXPECT_EQ(read.id, sent.id);
    EXPECT_EQ(read.type, sent.type);
    EXPECT_EQ(read.key, sent.key);
    EXPECT_EQ(read.partition, sent.partition);
    EXPECT_EQ(read.actor.role, Role::worker);
    EXPECT_EQ(read.actor.person, sent.actor->person);
    EXPECT_EQ(read.actor.service, "edge");
    EXPECT_EQ(read.deadline, sent.deadline);
    EXPECT_EQ(read.after->source, "331083/training/0");
    EXPECT_EQ(read.after->epoch, 3);
    EXPECT_EQ(read.after->seq, 7);
    EXPECT_EQ(read.traceparent, sent.traceparent);
    EXPECT_EQ(id_of(bytes), sent.id);
}

TEST(Request, NamesEveryFieldThatIsWrong)
{
    codec::Writer empty;
    empty.map(0);
    EXPECT_EQ(complaints(empty.take()), (std::vector<std::string>{"id: missing", "type: missing", "data: missing"}));
    EXPECT_EQ(complaints(request_with(2,
                                      [](codec::Writer& out) {
                                          out.text("actor");
                                          out.map(1);
                                          out.text("role");
                                          out.text("emperor");
                                          out.text("after");
                                          out.map(1);
                                          out.text("source");
                                          out.text("331083/training/0");
                                      })),
              (std::vector<std::string>{"after.epoch: missing", "after.seq: missing", "actor: unknown_value"}));
    codec::Writer list;
    list.array(0);
    EXPECT_EQ(complaints(list.take()), std::vector<std::string>{": no_map"});
    EXPECT_EQ(complaints(to_bytes(as_bytes("%PDF-1.7"))), std::vector<std::string>{": undecodable"});
}

TEST(Request, HasAnIdEvenWhereItCannotBeRead)
{
    EXPECT_TRUE(id_of(to_bytes(as_bytes("%PDF-1.7"))).is_nil());
    codec::Writer out;
    out.map(2);
    out.text("type");
    out.text("training.enroll");
    out.text("id");
    out.binary(as_bytes("too short"));
    EXPECT_TRUE(id_of(out.take()).is_nil());
}

TEST(Request, HasAFingerprintOfWhatIsAskedAndNotOfHow)
{
    OutgoingRequest sent;
    sent.id = *Uuid::parse("0190b6a0-1234-7abc-8def-0123456789ab");
    sent.type = "training.enroll";
    const auto print = [](const OutgoingRequest& request) {
        const auto bytes = encode_request(request);
        codec::Parser parser;
        return fingerprint(decode_request(parser, bytes, "edge").value());
    };
    const auto first = print(sent);
    auto again = sent;
    again.deadline = from_microseconds(5);
    again.traceparent = "00-ab-cd-01";
    again.after = At{"331083/training/0", 1, 1};
    EXPECT_EQ(print(again), first);
    for (const auto& change : std::vector<std::function<void(OutgoingRequest&)>>{
             [](auto& other) { other.type = "training.leave"; }, [](auto& other) { other.key = other.id; },
             [](auto& other) { other.partition = 1; },
             [](auto& other) {
                 other.actor = Actor{Role::worker, other.id, {}, {}};
             }}) {
        auto other = sent;
        change(other);
        EXPECT_NE(print(other), first);
    }
}

TEST(Reply, IsReadAsItWasWritten)
{
    const auto id = *Uuid::parse("0190b6a0-1234-7abc-8def-0123456789ab");
    const auto read = [&](const Reply& reply, const std::function<void(const ReceivedReply&)>& look) {
        const auto bytes = encode_reply(id, reply, {"331083/training/0", 3, 7});
        codec::Parser parser;
        const auto received = decode_reply(parser, bytes);
        ASSERT_TRUE(received) << received.error();
        EXPECT_EQ(received->id, id);
        EXPECT_EQ(received->outcome, reply.outcome);
        EXPECT_EQ(received->code, reply.code);
        EXPECT_EQ(received->at.seq, 7);
        look(*received);
    };
    read(Reply::accepted(), [](const auto& received) { EXPECT_EQ(received.data.size(), 0U); });
    read(Reply::refused({"full", {{"seats", 30}, {"course", std::string("knitting")}}}), [](const auto& received) {
        EXPECT_EQ(received.facts.find("seats")->integer(), 30);
        EXPECT_EQ(received.facts.find("course")->text(), "knitting");
    });
    read(Reply::invalid("invalid_fields", {{"name", "missing"}}), [](const auto& received) {
        EXPECT_EQ(received.errors.element(0).find("path")->text(), "name");
        EXPECT_EQ(received.errors.element(0).find("code")->text(), "missing");
    });
    read(Reply::retry("overloaded", std::chrono::milliseconds(250)),
         [](const auto& received) { EXPECT_EQ(received.retry_after, std::chrono::milliseconds(250)); });
    read(Reply::fault("internal"), [](const auto&) {});
}

TEST(Reply, IsRefusedWithoutAnOutcomeThatIsKnown)
{
    const auto is_read = [](std::string_view outcome) {
        codec::Writer out;
        out.map(2);
        out.text("id");
        out.binary(as_bytes("0123456789abcdef"));
        out.text("outcome");
        out.text(outcome);
        const auto bytes = out.take();
        codec::Parser parser;
        return decode_reply(parser, bytes).has_value();
    };
    for (const auto* known : {"accepted", "refused", "invalid", "retry", "fault"}) EXPECT_TRUE(is_read(known)) << known;
    EXPECT_FALSE(is_read("perhaps"));
    codec::Parser parser;
    EXPECT_FALSE(decode_reply(parser, to_bytes(as_bytes("%PDF-1.7"))));
}

}  // namespace
}  // namespace gonghui::messaging
