#include "common/messaging/store_owner.hpp"

#include "common/messaging/event_log.hpp"
#include "common/messaging/store_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gonghui::messaging {
namespace {

using testing::HasSubstr;

const Source training{"331083", "training", 0};

TEST(StoreOwner, IsWhoStartsWithItFirst)
{
    sqlite::Database store(":memory:");
    EXPECT_FALSE(owner_of(store));
    own_store(store, training);
    own_store(store, training);
    EXPECT_EQ(owner_of(store), "331083/training/0");
}

TEST(StoreOwner, IsNobodyElse)
{
    sqlite::Database store(":memory:");
    own_store(store, training);
    for (const auto& other :
         {Source{"331083", "matchmaking", 0}, Source{"331083", "training", 1}, Source{"331084", "training", 0}}) {
        try {
            own_store(store, other);
            ADD_FAILURE() << to_string(other);
        } catch (const ForeignStore& error) {
            EXPECT_THAT(error.what(), AllOf(HasSubstr("331083/training/0"), HasSubstr(to_string(other))));
        }
        EXPECT_EQ(owner_of(store), "331083/training/0");
    }
}

TEST(StoreOwner, IsTheSourceOfItsLog)
{
    sqlite::Database store(":memory:");
    own_store(store, training);
    sqlite::migrate(store, "event_log", event_log_migrations());
    codec::Writer data, event;
    data.map(1);
    data.text("course_id");
    data.integer(1);
    EventHeader header;
    header.id = derive_uuid(Uuid{}, 1);
    header.source = "331084/training/0";
    header.type = "course_added";
    header.dataschema = "training/course_added.v1";
    header.time = from_microseconds(1);
    header.seq = 1;
    encode_event(event, header, data.view());
    EventLog(store).append(event.view(), header.time);
    const auto report = check_store(store);
    EXPECT_EQ(report.source, "331083/training/0");
    EXPECT_THAT(report.complaints, testing::Contains("its log is that of 331084/training/0"));
}

TEST(StoreOwner, AFileWithoutALogIsNoStore)
{
    sqlite::Database keyring(":memory:");
    keyring.script("CREATE TABLE keys (owner BLOB)");
    EXPECT_THAT(check_store(keyring).complaints, testing::ElementsAre("it is no store of a service"));
}

TEST(StoreOwner, KeepsTheNumberOfPartitionsThatItWasMadeFor)
{
    sqlite::Database store(":memory:");
    own_store(store, {"331083", "training", 1}, 4);
    own_store(store, {"331083", "training", 1}, 4);
    EXPECT_THROW(own_store(store, {"331083", "training", 1}, 8), ForeignStore);
}

}  // namespace
}  // namespace gonghui::messaging
