#include "services/gateway/domain/totp.hpp"

#include <gtest/gtest.h>

namespace gonghui::gateway {
namespace {

using namespace std::chrono_literals;

const Bytes secret = to_bytes(as_bytes("12345678901234567890"));

// RFC 6238, appendix B: the last six of its eight digits.
TEST(Totp, GivesTheCodesOfTheRfc)
{
    EXPECT_EQ(code_of(secret, step_at(UtcTime{59s})), "287082");
    EXPECT_EQ(code_of(secret, step_at(UtcTime{1111111109s})), "081804");
    EXPECT_EQ(code_of(secret, step_at(UtcTime{1111111111s})), "050471");
    EXPECT_EQ(code_of(secret, step_at(UtcTime{1234567890s})), "005924");
    EXPECT_EQ(code_of(secret, step_at(UtcTime{20000000000s})), "353130");
}

TEST(Totp, TakesTheNeighboursOfTheStepAndNoneTwice)
{
    const UtcTime now{1234567890s};
    const auto step = step_at(now);
    EXPECT_EQ(matching_step(secret, code_of(secret, step - 1), now, 0), step - 1);
    EXPECT_EQ(matching_step(secret, code_of(secret, step + 1), now, 0), step + 1);
    EXPECT_FALSE(matching_step(secret, code_of(secret, step - 2), now, 0));
    EXPECT_FALSE(matching_step(secret, code_of(secret, step), now, step)) << "it was taken before";
    EXPECT_FALSE(matching_step(secret, "", now, 0));
}

}  // namespace
}  // namespace gonghui::gateway
