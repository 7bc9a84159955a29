#include "common/messaging/segments.hpp"

#include "common/messaging/event_log.hpp"
#include "common/messaging/forks.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>

namespace gonghui::messaging {
namespace {

constexpr SealingPlan plan{.hot = 20, .segment = 10};

// A log of 55 events in a real file: with the plan, three segments and 25 records that stay.
class SegmentsTest : public testing::Test {
protected:
    SegmentsTest()
    {
        sqlite::migrate(store_, "event_log", event_log_migrations());
        sqlite::migrate(store_, "forks", forks_migrations());
        EventLog log(store_);
        for (std::int64_t seq = 1; seq <= records; ++seq) positions_.push_back(append(log, seq));
    }

    static Position append(EventLog& log, std::int64_t seq, const std::string& text = "counted")
    {
        codec::Writer data, event;
        data.map(1);
        data.text("text");
        data.text(text);
        EventHeader header;
        header.id = derive_uuid(Uuid{}, static_cast<std::uint32_t>(seq));
        header.source = "331083/counter/0";
        header.type = "added";
        header.dataschema = "counter/added.v1";
        header.time = from_microseconds(seq);
        header.seq = seq;
        encode_event(event, header, data.view());
        // Each third record answers an event of somebody else.
        return log.append(event.view(), header.time, seq % 3 ? Origin{} : Origin{"331083/other/0", seq * 10});
    }

    bool seal_one()
    {
        const auto sealing = Sealing::next(store_, plan);
        if (!sealing) return false;
        while (!sealing->step(store_)) {
        }
        name_segment(store_, sealing->segment());
        return true;
    }

    void seal_all()
    {
        while (seal_one()) {
        }
        while (remove_sealed(store_, 7)) {
        }
    }

    [[nodiscard]] std::vector<std::int64_t> read_all(std::size_t max_bytes)
    {
        std::vector<std::int64_t> seqs;
        for (auto page = read_log(store_, 0, max_bytes); !page.empty(); page = read_log(store_, seqs.back(), max_bytes))
            for (const auto& record : page) seqs.push_back(record.seq);
        return seqs;
    }

    void spoil(const Segment& segment, const std::string& sql)
    {
        sqlite::Database file(path_of(store_, segment));
        file.script(sql + "; PRAGMA journal_mode = DELETE;");
    }

    std::int64_t broken_at(std::int64_t after)
    {
        try {
            read_log(store_, after, 1);
        } catch (const BrokenChain& broken) {
            return broken.seq;
        }
        return 0;
    }

    static constexpr std::int64_t records = 55;
    test::TemporaryFolder folder_;
    sqlite::Database store_{folder_ / "counter-0.db"};
    std::vector<Position> positions_;
};

TEST_F(SegmentsTest, TheStoreKeepsWhatIsYoungAndTheLogIsReadAcrossThemAll)
{
    std::vector<std::int64_t> all(records);
    std::iota(all.begin(), all.end(), 1);
    seal_all();
    ASSERT_EQ(segments(store_).size(), 3U);
    EXPECT_EQ(store_.value<int>("SELECT min(seq) FROM log"), 31);
    EXPECT_EQ(last_sealed(store_), 30);
    EXPECT_EQ(read_all(1), all) << "record by record";
    EXPECT_EQ(read_all(1 << 20), all);
    EXPECT_EQ(verify_log(store_, 0, 1 << 20), 10) << "a page ends with its file";
    for (std::int64_t seq = 1; seq <= records; ++seq) {
        const auto there = position_at(store_, seq);
        ASSERT_TRUE(there) << seq;
        EXPECT_EQ(there->chain, positions_.at(static_cast<std::size_t>(seq) - 1).chain) << seq;
    }
    EXPECT_EQ(EventLog(store_).head().chain, positions_.back().chain);
}

TEST_F(SegmentsTest, OneMoreIsMadeOnlyWhenTheLogIsLongerByAWholeOne)
{
    seal_all();
    EXPECT_FALSE(Sealing::next(store_, plan));
    EventLog log(store_);
    for (std::int64_t seq = 56; seq <= 59; ++seq) append(log, seq);
    EXPECT_FALSE(Sealing::next(store_, plan));
    append(log, 60);
    const auto sealing = Sealing::next(store_, plan);
    ASSERT_TRUE(sealing);
    EXPECT_EQ(sealing->segment().first, 31);
    EXPECT_EQ(sealing->segment().last, 40);
}

TEST_F(SegmentsTest, WhatStandsInBothPlacesIsReadOnce)
{
    ASSERT_TRUE(seal_one());
    std::vector<std::int64_t> all(records);
    std::iota(all.begin(), all.end(), 1);
    EXPECT_EQ(read_all(1 << 20), all);
    EXPECT_TRUE(remove_sealed(store_, 4));
    EXPECT_EQ(store_.value<int>("SELECT min(seq) FROM log"), 5);
    EXPECT_EQ(read_all(1 << 20), all);
}

TEST_F(SegmentsTest, AChangedRecordIsNamed)
{
    seal_all();
    spoil(segments(store_).at(1), "UPDATE log SET bytes = zeroblob(length(bytes)) WHERE seq = 15");
    EXPECT_EQ(broken_at(10), 0);
    EXPECT_EQ(broken_at(14), 15);
    EXPECT_THROW(verify_log(store_, 10, 1 << 20), BrokenChain);
}

TEST_F(SegmentsTest, AMissingRecordIsNamed)
{
    seal_all();
    spoil(segments(store_).at(1), "DELETE FROM log WHERE seq >= 19");
    EXPECT_EQ(broken_at(18), 19);
}

TEST_F(SegmentsTest, AMissingFileIsNamed)
{
    seal_all();
    std::filesystem::remove(path_of(store_, segments(store_).at(2)));
    EXPECT_EQ(broken_at(9), 0);
    EXPECT_EQ(broken_at(20), 21);
    EXPECT_EQ(broken_at(30), 0) << "what is young needs no segment";
}

TEST_F(SegmentsTest, ADamagedRecordGoesIntoNoSegment)
{
    store_.run("UPDATE log SET bytes = zeroblob(length(bytes)) WHERE seq = 4");
    const auto sealing = Sealing::next(store_, plan);
    ASSERT_TRUE(sealing);
    EXPECT_THROW(sealing->step(store_), BrokenChain);
    EXPECT_TRUE(segments(store_).empty());
}

TEST_F(SegmentsTest, AnAttemptThatWasGivenUpIsMadeAgain)
{
    {
        sqlite::Database left(folder_ / Sealing::next(store_, plan)->segment().file);
        left.script("CREATE TABLE something_else (x); PRAGMA user_version = 7;");
    }
    seal_all();
    EXPECT_EQ(read_all(1 << 20).size(), 55U);
}

TEST_F(SegmentsTest, ReactionsAreFoundInSegmentsToo)
{
    // Of an owner that has lost what it said between 100 and 400, noticed at the own record 50.
    const Fork fork{.source = "331083/other/0", .epoch = 2, .kept = 100, .was_at = 400, .own_seq = 50, .at = {}};
    const auto seqs = [&](std::size_t limit) {
        std::vector<std::int64_t> found;
        for (const auto& record : reactions_to_vanished(store_, fork, limit)) found.push_back(record.seq);
        return found;
    };
    const auto before = seqs(100);
    EXPECT_THAT(before, testing::ElementsAre(12, 15, 18, 21, 24, 27, 30, 33, 36, 39));
    seal_all();
    EXPECT_EQ(seqs(100), before);
    EXPECT_THAT(seqs(3), testing::ElementsAre(12, 15, 18));
}

}  // namespace
}  // namespace gonghui::messaging
