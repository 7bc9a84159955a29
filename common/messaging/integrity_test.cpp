#include "common/messaging/integrity.hpp"

#include "common/messaging/envelope.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace gonghui::messaging {
namespace {

// A log of records of 1 KiB, long enough for several steps.
class IntegrityTest : public testing::Test {
protected:
    IntegrityTest()
    {
        sqlite::migrate(database_, "event_log", event_log_migrations());
        sqlite::migrate(database_, "damages", damages_migrations());
        EventLog log(database_);
        codec::Writer data, event;
        data.map(1);
        data.text("text");
        data.text(std::string(1000, 'x'));
        for (std::int64_t seq = 1; seq <= records; ++seq) {
            EventHeader header;
            header.id = derive_uuid(Uuid{}, static_cast<std::uint32_t>(seq));
            header.source = "331083/counter/0";
            header.type = "added";
            header.dataschema = "counter/added.v1";
            header.time = now_;
            header.seq = seq;
            event.clear();
            encode_event(event, header, data.view());
            log.append(event.view(), now_);
        }
    }

    // Until the pass is over or something is found.
    void pass()
    {
        do {
            check_->step(database_, now_);
            ++steps_;
        } while (check_->under_way() && !check_->damage());
    }

    static constexpr std::int64_t records = 1000;
    sqlite::Database database_{":memory:"};
    UtcTime now_ = from_microseconds(1'767'225'600'000'000);
    std::optional<LogCheck> check_{std::in_place};
    int steps_ = 0;
};

TEST_F(IntegrityTest, PassesASoundLogInBoundedSteps)
{
    EXPECT_FALSE(check_->progress().completed_at);
    pass();
    EXPECT_FALSE(check_->damage());
    EXPECT_EQ(check_->progress().checked, records);
    EXPECT_EQ(check_->progress().completed_at, now_);
    EXPECT_GE(steps_, 4);
}

// Every column of a record, its beginning, middle and end.
TEST_F(IntegrityTest, FindsAFlippedBitAnywhereInARecord)
{
    const auto size = database_.value<std::int64_t>("SELECT length(bytes) FROM log WHERE seq = 500").value();
    const auto put = [&](const std::string& column, const std::string& hex) {
        database_.script(
            std::string("UPDATE log SET ").append(column).append(" = x'").append(hex).append("' WHERE seq = 500"));
    };
    const auto flip = [&](const std::string& column, std::int64_t at) {
        auto hex = database_.value<std::string>("SELECT hex(" + column + ") FROM log WHERE seq = 500").value();
        auto flipped = hex;
        auto& digit = flipped[static_cast<std::size_t>(2 * at + 1)];
        constexpr std::string_view digits = "0123456789ABCDEF";
        digit = digits[digits.find(digit) ^ 1U];
        put(column, flipped);
        return hex;
    };
    struct Place {
        std::string column;
        std::int64_t at;
    };
    for (const auto& [column, at] : {Place{"bytes", 0}, Place{"bytes", size / 2}, Place{"bytes", size - 1},
                                     Place{"chain", 0}, Place{"chain", 31}}) {
        const auto sound = flip(column, at);
        check_.emplace();
        pass();
        ASSERT_TRUE(check_->damage()) << column << ' ' << at;
        EXPECT_EQ(check_->damage()->seq, 500) << column << ' ' << at;
        put(column, sound);
    }
    database_.run("UPDATE log SET time = time + 1 WHERE seq = 500");
    check_.emplace();
    pass();
    ASSERT_TRUE(check_->damage());
    EXPECT_EQ(check_->damage()->seq, 500);
}

TEST_F(IntegrityTest, FindsAMissingRecord)
{
    database_.run("DELETE FROM log WHERE seq = 300");
    pass();
    ASSERT_TRUE(check_->damage());
    EXPECT_EQ(check_->damage()->seq, 300);
}

TEST_F(IntegrityTest, HandsOutNoDamagedRecord)
{
    database_.run("UPDATE log SET bytes = CAST(replace(bytes, 'added', 'addee') AS BLOB) WHERE seq = 500");
    EXPECT_EQ(read_log(database_, 490, 5 * 1024).size(), 4U);
    EXPECT_THROW(read_log(database_, 490, 1 << 20), BrokenChain);
    EXPECT_EQ(read_log(database_, 500, 5 * 1024).size(), 4U);
}

TEST_F(IntegrityTest, RemembersADamage)
{
    EXPECT_FALSE(remembered_damage(database_));
    remember_damage(database_, {12, "its bytes do not fit the chain"}, now_);
    EXPECT_EQ(remembered_damage(database_)->seq, 12);
}

}  // namespace
}  // namespace gonghui::messaging
