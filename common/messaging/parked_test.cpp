#include "common/messaging/parked.hpp"

#include <gtest/gtest.h>

namespace gonghui::messaging {
namespace {

constexpr std::string_view source = "331083/training/0";

class ParkedTest : public testing::Test {
protected:
    ParkedTest() : database(":memory:"), parked(migrated(database)) {}

    static sqlite::Database& migrated(sqlite::Database& database)
    {
        sqlite::migrate(database, "parked", parked_migrations());
        return database;
    }
    static ParkedEvent event(std::int64_t seq, std::string lane)
    {
        return {std::string(source), seq, std::move(lane), "failed", {}, {}, {}, false};
    }

    sqlite::Database database;
    Parked parked;
};

TEST_F(ParkedTest, WhatIsKnownFromMemoryIsWhatStandsInTheStore)
{
    parked.add(event(1, "ann"));
    parked.add(event(2, "bao"));
    parked.add(event(3, "ann"));
    parked.add(event(3, "ann"));  // tried again, in vain
    parked.remove(source, 1);
    parked.remove(source, 2);
    parked.remove(source, 2);
    for (const auto* when : {"kept up to date", "read again"}) {
        EXPECT_EQ(parked.count(), 1) << when;
        EXPECT_TRUE(parked.blocks(source, "ann", 4)) << when;
        EXPECT_FALSE(parked.blocks(source, "ann", 3)) << when << ": not itself, nor what came before";
        EXPECT_FALSE(parked.blocks(source, "bao", 4)) << when;
        EXPECT_FALSE(parked.blocks("331083/training/1", "ann", 4)) << when;
        parked.reload();
    }
    parked.remove(source, 3);
    EXPECT_FALSE(parked.blocks(source, "ann", 4));
    EXPECT_EQ(parked.count(), 0);
}

}  // namespace
}  // namespace gonghui::messaging
