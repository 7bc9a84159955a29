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

}  // namespace
}  // namespace gonghui::messaging
