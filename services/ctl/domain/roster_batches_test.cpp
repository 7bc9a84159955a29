#include "services/ctl/domain/roster_batches.hpp"

#include <gtest/gtest.h>

namespace gonghui::ctl {
namespace {

// A roster of these ID numbers, from line 2 on.
class Batches : public testing::Test {
protected:
    RosterBatches& of(const std::vector<std::string>& ids)
    {
        text_ = "name,id_number,phone,union_code\n";
        for (const auto& id : ids) text_ += "A," + id + ",1,2\n";
        file_.emplace(text_, recognise(text_).value());
        return batches_.emplace(*file_);
    }

    static std::vector<std::string> many(std::size_t count)
    {
        std::vector<std::string> ids;
        for (std::size_t i = 0; i < count; ++i) ids.push_back("ID" + std::to_string(i));
        return ids;
    }

private:
    std::string text_;
    std::optional<RosterFile> file_;
    std::optional<RosterBatches> batches_;
};

TEST_F(Batches, HoldAThousandRowsInOrder)
{
    auto& batches = of(many(2'400));
    std::vector<std::size_t> sizes;
    while (batches.gather()) {
        EXPECT_TRUE(batches.is_clear());
        sizes.push_back(batches.take().rows.size());
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{1'000, 1'000, 400}));
    EXPECT_EQ(batches.rows_read(), 2'400);
}

TEST_F(Batches, NeverHoldAPersonTwice)
{
    auto& batches = of({"A", "B", "a ", "C"});
    ASSERT_TRUE(batches.gather());
    const auto first = batches.take();
    EXPECT_EQ(first.rows.size(), 3U);
    ASSERT_TRUE(batches.gather());
    EXPECT_FALSE(batches.is_clear());
    batches.on_answer(first, {});
    ASSERT_TRUE(batches.gather());
    EXPECT_TRUE(batches.is_clear());
    EXPECT_EQ(batches.take().rows[0].line, 4);
    EXPECT_FALSE(batches.gather());
}

TEST_F(Batches, GoOnWithTheOthersWhileARepetitionWaits)
{
    auto ids = many(2'500);
    ids[1'000] = ids[0];
    ids[1'001] = ids[0];
    auto& batches = of(ids);
    ASSERT_TRUE(batches.gather());
    const auto first = batches.take();
    ASSERT_TRUE(batches.gather());
    EXPECT_EQ(batches.take().rows[0].line, 1'004);
    batches.on_answer(first, {});
    ASSERT_TRUE(batches.gather());
    const auto third = batches.take();
    EXPECT_EQ(third.rows[0].line, 1'002);
    EXPECT_EQ(third.rows[0].earlier_line, 2);
    ASSERT_TRUE(batches.gather());
    EXPECT_FALSE(batches.is_clear()) << "the second repetition waits for the first";
    batches.on_answer(third, {1'002});
    ASSERT_TRUE(batches.gather());
    EXPECT_EQ(batches.take().rows[0].line, 1'003);
    EXPECT_FALSE(batches.gather());
}

TEST_F(Batches, NameTheEarlierGoodLineOnceItIsKnown)
{
    auto& batches = of({"A", "A"});
    ASSERT_TRUE(batches.gather());
    batches.on_answer(batches.take(), {});
    ASSERT_TRUE(batches.gather());
    EXPECT_EQ(batches.take().rows[0].earlier_line, 2);
}

TEST_F(Batches, DoNotNameALineThatWasBad)
{
    auto& batches = of({"A", "A", "A"});
    ASSERT_TRUE(batches.gather());
    batches.on_answer(batches.take(), {2});
    ASSERT_TRUE(batches.gather());
    const auto second = batches.take();
    EXPECT_EQ(second.rows[0].earlier_line, std::nullopt);
    batches.on_answer(second, {});
    ASSERT_TRUE(batches.gather());
    EXPECT_EQ(batches.take().rows[0].earlier_line, 3);
}

TEST_F(Batches, LetRowsWithoutAnIdNumberStandTogether)
{
    auto& batches = of({"", "", ""});
    ASSERT_TRUE(batches.gather());
    EXPECT_EQ(batches.take().rows.size(), 3U);
}

TEST_F(Batches, HandOutBadRowsApart)
{
    auto& batches = of({"A", "\xFF", "B"});
    ASSERT_TRUE(batches.gather());
    EXPECT_EQ(batches.take().rows.size(), 2U);
    const auto bad = batches.take_bad();
    ASSERT_EQ(bad.size(), 1U);
    EXPECT_EQ(bad[0].line, 3);
    EXPECT_EQ(batches.rows_read(), 3);
}

TEST(NormalIdNumber, IgnoresBlanksAndCase)
{
    EXPECT_EQ(normal_id_number(" 11010519491231002x\xE3\x80\x80"), "11010519491231002X");
}

}  // namespace
}  // namespace gonghui::ctl
