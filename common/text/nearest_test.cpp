#include "common/text/nearest.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace gonghui {
namespace {

constexpr std::array<std::string_view, 4> commands{"status", "import", "tail", "up"};

TEST(Nearest, FindsWhatWasMeant)
{
    EXPECT_EQ(nearest("stauts", commands), "status");
    EXPECT_EQ(nearest("imprt", commands), "import");
    EXPECT_EQ(nearest("status", commands), "status");
}

TEST(Nearest, FindsNothingFarAway)
{
    EXPECT_EQ(nearest("matchmaking", commands), std::nullopt);
    EXPECT_EQ(nearest("xy", commands), std::nullopt);
    EXPECT_EQ(nearest(std::string(1'000, 'a'), commands), std::nullopt);
}

}  // namespace
}  // namespace gonghui
