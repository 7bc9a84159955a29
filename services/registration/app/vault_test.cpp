#include "services/registration/app/vault.hpp"

#include "common/ids/seeded_random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace gonghui::registration {
namespace {

std::vector<std::int64_t> indexes_of(const IdNumberIndex& index, std::size_t people)
{
    std::vector<std::int64_t> indexes(people);
    for (std::size_t person = 0; person < people; ++person)
        indexes[person] = index.of("33108319800101" + std::to_string(1000 + person)).value;
    return indexes;
}

struct IdNumberIndexTest : testing::Test {
    SeededRandom random{11};
    sealing::Key service_key = sealing::Key::make(random);
    IdNumberIndex index{service_key};
};

// Two people with one index would be one person. The upper halves alone differ, too: of 2^32 values, 1,000 meet with
// a probability of 1 to 8,600.
TEST_F(IdNumberIndexTest, TellsPeopleApartByEveryBit)
{
    auto indexes = indexes_of(index, 1000);
    std::vector<std::int64_t> upper;
    std::transform(indexes.begin(), indexes.end(), std::back_inserter(upper), [](auto each) { return each >> 32; });
    for (auto* values : {&indexes, &upper}) {
        std::sort(values->begin(), values->end());
        EXPECT_EQ(std::adjacent_find(values->begin(), values->end()), values->end());
    }
}

TEST_F(IdNumberIndexTest, IsTheSameForTheSameServiceAlone)
{
    EXPECT_EQ(indexes_of(IdNumberIndex(service_key), 10), indexes_of(index, 10));
    EXPECT_NE(indexes_of(IdNumberIndex(sealing::Key::make(random)), 10), indexes_of(index, 10));
}

}  // namespace
}  // namespace gonghui::registration
