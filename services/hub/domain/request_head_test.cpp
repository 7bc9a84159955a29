#include "services/hub/domain/request_head.hpp"

#include "common/messaging/request.hpp"

#include <gtest/gtest.h>

namespace gonghui::hub {
namespace {

Uuid uuid(std::uint8_t number)
{
    Uuid id;
    id.bytes.fill(std::byte{number});
    return id;
}

TEST(RequestHead, ReadsWhatTheEncoderWrote)
{
    messaging::OutgoingRequest request;
    request.id = uuid(1);
    request.type = "training.enroll";
    request.key = uuid(2);
    request.partition = 3;
    request.deadline = from_microseconds(4);
    request.actor = Actor{};
    const auto bytes = messaging::encode_request(request);
    const auto head = read_head(bytes);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->id, uuid(1));
    EXPECT_EQ(head->type, "training.enroll");
    EXPECT_EQ(head->service(), "training");
    EXPECT_EQ(head->key, uuid(2));
    EXPECT_EQ(head->partition, 3);
    EXPECT_EQ(head->deadline, from_microseconds(4));
    EXPECT_TRUE(head->asserts_actor);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(read_head(BytesView(bytes).first(size))) << "cut short at " << size;
}

// What a forger would try: the hub must see what the receiver will see.
class Forged : public testing::Test {
protected:
    void begin(std::size_t more)
    {
        out_.map(2 + more);
        out_.text("id");
        out_.binary(uuid(1).view());
        out_.text("type");
        out_.text("training.enroll");
    }
    codec::Writer out_;
};

TEST_F(Forged, ASecondTypeDoesNotCount)
{
    begin(1);
    out_.text("type");
    out_.text("training.my_rank");
    EXPECT_EQ(read_head(out_.view())->type, "training.enroll");
}

TEST_F(Forged, AnActorAtTheEndIsSeen)
{
    begin(2);
    out_.text("data");
    out_.map(0);
    out_.text("actor");
    out_.map(0);
    EXPECT_TRUE(read_head(out_.view())->asserts_actor);
}

TEST_F(Forged, AnActorBehindANilOneIsSeen)
{
    begin(2);
    out_.text("actor");
    out_.nil();
    out_.text("actor");
    out_.map(0);
    EXPECT_TRUE(read_head(out_.view())->asserts_actor);
}

TEST_F(Forged, BytesBehindTheMapAreRefused)
{
    begin(0);
    out_.nil();
    EXPECT_FALSE(read_head(out_.view()));
}

TEST_F(Forged, AKeyOfAnotherKindIsRefused)
{
    begin(1);
    out_.text("key");
    out_.text("not a uuid");
    EXPECT_FALSE(read_head(out_.view()));
}

TEST(RequestHead, ATypeWithoutADotNamesNoService)
{
    RequestHead head;
    head.type = "enroll";
    EXPECT_EQ(head.service(), "");
}

}  // namespace
}  // namespace gonghui::hub
