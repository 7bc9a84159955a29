#include "common/bytes/base64.hpp"

#include <gtest/gtest.h>

namespace gonghui {
namespace {

// RFC 4648, section 10.
TEST(Base64, WritesTheExamplesOfTheStandard)
{
    EXPECT_EQ(to_base64(as_bytes("")), "");
    EXPECT_EQ(to_base64(as_bytes("f")), "Zg==");
    EXPECT_EQ(to_base64(as_bytes("fo")), "Zm8=");
    EXPECT_EQ(to_base64(as_bytes("foo")), "Zm9v");
    EXPECT_EQ(to_base64(as_bytes("foobar")), "Zm9vYmFy");
}

TEST(Base64, ReadsThemBack)
{
    for (const auto* text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
        const auto bytes = from_base64(to_base64(as_bytes(text)));
        ASSERT_TRUE(bytes) << text;
        EXPECT_EQ(as_text(*bytes), text);
    }
}

TEST(Base64, RefusesWhatIsNone)
{
    EXPECT_EQ(from_base64("Zg="), std::nullopt);
    EXPECT_EQ(from_base64("Z!=="), std::nullopt);
    EXPECT_EQ(from_base64("===="), std::nullopt);
}

TEST(Base64Url, HasNoSignThatAnAddressCouldNotHold)
{
    const Bytes bytes{std::byte{0xFB}, std::byte{0xEF}, std::byte{0xFF}, std::byte{0x01}};
    EXPECT_EQ(to_base64(bytes), "++//AQ==");
    EXPECT_EQ(to_base64url(bytes), "--__AQ");
    EXPECT_EQ(from_base64url("--__AQ"), bytes);
    for (const auto* wrong : {"A", "++//", "AQ==", "A Q"}) EXPECT_FALSE(from_base64url(wrong)) << wrong;
}

}  // namespace
}  // namespace gonghui
