// The simulator itself: a seed replays exactly, and what is planted is found.

#include "tests/simulation/simulation.hpp"

#include <gmock/gmock.h>

namespace gonghui::simulation {
namespace {

using testing::IsEmpty;

TEST(ASeed, ReplaysExactly)
{
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const auto first = simulate({.seed = seed});
        const auto again = simulate({.seed = seed});
        EXPECT_THAT(first.problems, IsEmpty()) << "seed " << seed;
        EXPECT_EQ(first.trace, again.trace) << "seed " << seed;
        EXPECT_EQ(first.commands, again.commands);
    }
    EXPECT_NE(simulate({.seed = 1}).trace, simulate({.seed = 2}).trace);
}

TEST(ASeed, AsksMuchAndBreaksMuch)
{
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const auto result = simulate({.seed = seed});
        EXPECT_GE(result.commands, 300U);
        EXPECT_GE(result.faults, 3);
        EXPECT_GE(result.crashes, 1);
    }
}

// The syncs of a run's first seconds: migrations, the founding, the first seats.
TEST(APowerCut, LosesNothingAtAnySync)
{
    std::uint64_t at = 1;
    for (; at <= 150; ++at) {
        const auto result = simulate({.seed = 1, .commands = 40, .power_cut_at_sync = at});
        if (result.syncs < at) break;
        EXPECT_THAT(result.problems, IsEmpty()) << "at sync " << at;
    }
    EXPECT_GT(at, 100U);
}

class APlantedBug : public testing::TestWithParam<Bug> {};

TEST_P(APlantedBug, IsFound)
{
    constexpr std::uint64_t most = 400;
    std::uint64_t seed = 1;
    while (seed <= most && simulate({.seed = seed, .bug = GetParam()}).problems.empty()) ++seed;
    EXPECT_LE(seed, most);
}

INSTANTIATE_TEST_SUITE_P(Every, APlantedBug, testing::ValuesIn(every_bug()),
                         [](const auto& planted) { return std::string(to_string(planted.param)); });

}  // namespace
}  // namespace gonghui::simulation
