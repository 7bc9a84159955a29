#include "common/runtime/reader_pool.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <semaphore>
#include <thread>
#include <vector>

namespace gonghui::runtime {
namespace {

class ReaderPoolTest : public testing::Test {
protected:
    ReaderPoolTest()
    {
        writer_.script("CREATE TABLE numbers (n INTEGER PRIMARY KEY) STRICT; INSERT INTO numbers VALUES (1), (2), (3)");
    }

    // Waits until `count` works are completed, and runs what is left to do of them.
    void complete(ReaderPool& pool, std::size_t count)
    {
        std::vector<messaging::Completion> completions;
        while (completions.size() < count) {
            completed_.acquire();
            pool.take_completed(completions);
        }
        for (const auto& completion : completions) completion();
    }

    test::TemporaryFolder folder_;
    sqlite::Database writer_{folder_ / "store.db"};
    std::counting_semaphore<> completed_{0};
    std::function<void()> on_completed_ = [this] {
        completed_.release();
    };
};

TEST_F(ReaderPoolTest, ReadsElsewhereAndCompletesHere)
{
    ReaderPool pool(folder_ / "store.db", 2, on_completed_);
    const auto here = std::this_thread::get_id();
    std::int64_t sum = 0;
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(pool.submit([&, here](sqlite::Database& reader) -> messaging::Completion {
            EXPECT_NE(std::this_thread::get_id(), here);
            EXPECT_THROW(reader.run("INSERT INTO numbers VALUES (4)"), sqlite::Error) << "it only reads";
            return [&sum, found = reader.value<std::int64_t>("SELECT sum(n) FROM numbers").value()] {
                sum += found;
            };
        }));
    complete(pool, 20);
    EXPECT_EQ(sum, 120);
}

TEST_F(ReaderPoolTest, WorksWithAsManyThreadsAsItHas)
{
    ReaderPool pool(folder_ / "store.db", 2, on_completed_);
    std::latch both(2);  // neither gets further unless the other runs, too
    for (int i = 0; i < 2; ++i)
        ASSERT_TRUE(pool.submit([&](sqlite::Database&) -> messaging::Completion {
            both.arrive_and_wait();
            return [] {
            };
        }));
    complete(pool, 2);
}

TEST_F(ReaderPoolTest, TakesNoMoreThanItCanAnswerSoon)
{
    std::latch busy(1);
    std::latch go_on(1);
    ReaderPool pool(folder_ / "store.db", 1, on_completed_);
    ASSERT_TRUE(pool.submit([&](sqlite::Database&) -> messaging::Completion {
        busy.count_down();
        go_on.wait();
        return [] {
        };
    }));
    busy.wait();
    const messaging::Work nothing = [](sqlite::Database&) -> messaging::Completion {
        return [] {
        };
    };
    std::size_t taken = 0;
    while (taken < 5000 && pool.submit(nothing)) ++taken;
    EXPECT_EQ(taken, 1024U);
    go_on.count_down();
    complete(pool, taken + 1);
    EXPECT_TRUE(pool.submit(nothing)) << "there is room again";
}

}  // namespace
}  // namespace gonghui::runtime
