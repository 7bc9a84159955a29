#include "common/text/nearest.hpp"

#include <algorithm>
#include <vector>

namespace gonghui {

namespace {

// Optimal string alignment: Levenshtein with exchanges of neighbours.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::vector<std::size_t>> steps(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) steps[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) steps[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i)
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = steps[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            steps[i][j] = std::min({steps[i - 1][j] + 1, steps[i][j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                steps[i][j] = std::min(steps[i][j], steps[i - 2][j - 2] + 1);
        }
    return steps[a.size()][b.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view written, std::span<const std::string_view> known)
{
    constexpr std::size_t longest = 64;  // nobody mistypes more, and the work grows with the square
    if (written.size() > longest) return std::nullopt;
    std::optional<std::string_view> best;
    auto least = std::max<std::size_t>(2, written.size() / 3) + 1;
    for (const auto word : known) {
        if (word.size() > longest) continue;
        const auto steps = distance(written, word);
        if (steps < least && steps < word.size()) {
            least = steps;
            best = word;
        }
    }
    return best;
}

}  // namespace gonghui
