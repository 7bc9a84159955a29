#include "common/sealing/credentials.hpp"

#include <gtest/gtest.h>

namespace gonghui::sealing {
namespace {

TEST(Passwords, FitTheirOwnHashAlone)
{
    const auto hash = hash_of_password("correct horse");
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
    EXPECT_TRUE(fits(hash, "correct horse"));
    EXPECT_FALSE(fits(hash, "correct horse "));
    EXPECT_FALSE(fits(hash, ""));
    EXPECT_NE(hash, hash_of_password("correct horse")) << "each has a salt of its own";
    EXPECT_FALSE(fits("", ""));
    EXPECT_FALSE(fits("no hash at all", "correct horse"));
}

// FIPS 180-4, of 32 zero bytes.
TEST(Tokens, AreHashedWithSha256)
{
    const std::array<std::byte, 32> zeros{};
    const auto hash = hash_of_token(zeros);
    EXPECT_EQ(hash[0], std::byte{0x66});
    EXPECT_EQ(hash[1], std::byte{0x68});
    EXPECT_EQ(hash[30], std::byte{0x29});
    EXPECT_EQ(hash[31], std::byte{0x25});
}

}  // namespace
}  // namespace gonghui::sealing
