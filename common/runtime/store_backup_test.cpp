#include "common/runtime/store_backup.hpp"

#include "common/ids/seeded_random.hpp"
#include "common/messaging/event_log.hpp"
#include "common/messaging/host.hpp"
#include "common/messaging/segments.hpp"
#include "common/messaging/store_check.hpp"
#include "common/messaging/store_owner.hpp"
#include "common/sealing/keyring.hpp"
#include "common/time/manual_clock.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

namespace gonghui::runtime {
namespace {

using namespace std::chrono_literals;

class StoreBackupTest : public testing::Test {
protected:
    StoreBackupTest()
    {
        std::filesystem::create_directories(files_.folder);
        database_.emplace(files_.store());
        messaging::migrate_host_tables(*database_);
        backup_.emplace(*database_, files_, files_.folder / "backup", clock_);
    }
    ~StoreBackupTest() override
    {
        backup_.reset();
        database_.reset();
        std::filesystem::remove_all(files_.folder);
    }

    // A whole backup; what went wrong.
    std::string make(std::int64_t keep = 0)
    {
        EXPECT_TRUE(backup_->begin(keep));
        while (backup_->step()) {
        }
        while (backup_->state().under_way) std::this_thread::yield();
        clock_.advance(1s);
        return backup_->state().error;
    }

    [[nodiscard]] std::vector<BackupFiles> backups() const
    {
        return backups_of(files_.folder / "backup", files_.partition);
    }

    StoreFiles files_{std::filesystem::temp_directory_path() / ("gonghui-backup-" + std::to_string(::getpid())),
                      "counter-0"};
    ManualClock clock_{from_microseconds(1'767'225'600'000'000)};
    std::optional<sqlite::Database> database_;
    std::optional<StoreBackup> backup_;
};

TEST_F(StoreBackupTest, NamesACopyWhenItIsSoundAndKeepsTheNewest)
{
    EXPECT_FALSE(backup_->state().newest_at);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(make(2), "");
    ASSERT_EQ(backups().size(), 2U);
    EXPECT_EQ(backups().front().at, clock_.now() - 1s);
    EXPECT_EQ(backup_->state().newest_at, clock_.now() - 1s);
    sqlite::Database copy(backups().front().store);
    EXPECT_TRUE(messaging::check_store(copy).is_sound());
}

TEST_F(StoreBackupTest, GivesNoNameToACopyThatIsNotSound)
{
    messaging::EventLog log(*database_);
    log.append(as_bytes("no event at all"), clock_.now());
    EXPECT_THAT(make(), testing::HasSubstr("log record 1"));
    EXPECT_TRUE(backups().empty());
    EXPECT_FALSE(backup_->state().newest_at);
    EXPECT_TRUE(std::filesystem::is_empty(files_.folder / "backup"));
}

// Appends so many records and moves all but one into a segment.
void seal_records(sqlite::Database& store, std::int64_t records, UtcTime now)
{
    messaging::own_store(store, {"331083", "counter", 0});
    messaging::EventLog log(store);
    for (auto left = records; left > 0; --left) {
        codec::Writer data, event;
        data.map(0);
        messaging::EventHeader header;
        header.id = derive_uuid(Uuid{}, static_cast<std::uint32_t>(log.head().seq + 1));
        header.source = "331083/counter/0";
        header.type = "added";
        header.dataschema = "counter/added.v1";
        header.time = now;
        header.seq = log.head().seq + 1;
        messaging::encode_event(event, header, data.view());
        log.append(event.view(), now);
    }
    const auto sealing = messaging::Sealing::next(store, {.hot = 1, .segment = records - 1});
    while (!sealing->step(store)) {
    }
    messaging::name_segment(store, sealing->segment());
    messaging::remove_sealed(store, records);
}

TEST_F(StoreBackupTest, BringsTheSegmentsOnceAndMendsACopyThatIsDamaged)
{
    seal_records(*database_, 9, clock_.now());
    EXPECT_EQ(make(), "");
    const auto segment = messaging::segments(*database_).front();
    const auto copy = files_.folder / "backup" / segment.file;
    const auto first_copied_at = std::filesystem::last_write_time(copy);
    EXPECT_EQ(make(), "");
    EXPECT_EQ(std::filesystem::last_write_time(copy), first_copied_at);

    std::filesystem::resize_file(copy, 4096);
    EXPECT_EQ(make(), "");
    EXPECT_EQ(std::filesystem::file_size(copy), std::filesystem::file_size(files_.folder / segment.file));
    EXPECT_TRUE(std::filesystem::exists(copy.string() + ".replaced"));

    sqlite::Database store(backups().front().store);
    EXPECT_TRUE(messaging::check_store(store).is_sound());
    EXPECT_EQ(messaging::read_log(store, 0, 1 << 20).size(), 8U) << "what stands in the segment";
}

TEST_F(StoreBackupTest, GivesNoNameToACopyWithoutItsSegment)
{
    seal_records(*database_, 9, clock_.now());
    const auto segment = messaging::segments(*database_).front();
    std::filesystem::remove(files_.folder / segment.file);
    EXPECT_THAT(make(), testing::HasSubstr("its file " + segment.file + " is missing"));
    EXPECT_TRUE(backups().empty());
}

TEST_F(StoreBackupTest, HasNoKeyThatTheKeyringHasDestroyed)
{
    SeededRandom random(7);
    const auto wrapping = sealing::Key::make(random);
    const auto erased = make_random_uuid(random), other = make_random_uuid(random);
    sealing::Keyring keyring(files_.keyring(), wrapping, random);
    ASSERT_TRUE(keyring.find_or_make(erased) && keyring.find_or_make(other));
    keyring.commit();
    EXPECT_EQ(make(), "");
    const auto wrapped =
        sqlite::Database(files_.keyring()).value<Bytes>("SELECT wrapped FROM keys WHERE owner = ?", erased);
    const auto copy_holds_it = [&] {
        std::ifstream file(backups().front().keyring, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        return bytes.find(as_text(*wrapped)) != std::string::npos;
    };
    EXPECT_TRUE(copy_holds_it());

    keyring.erase(erased);
    ASSERT_TRUE(keyring.commit());
    backup_->destroy_keys();
    EXPECT_FALSE(copy_holds_it());
    sealing::Keyring copy(backups().front().keyring, wrapping, random);
    EXPECT_FALSE(copy.find(erased));
    EXPECT_TRUE(copy.find(other));
}

TEST_F(StoreBackupTest, OneAtATime)
{
    EXPECT_TRUE(backup_->begin(0));
    EXPECT_FALSE(backup_->begin(0));
}

TEST_F(StoreBackupTest, SaysWhyItsFolderCannotBeMade)
{
    StoreBackup nowhere(*database_, files_, "/proc/nowhere", clock_);
    EXPECT_TRUE(nowhere.begin(0));
    EXPECT_FALSE(nowhere.state().under_way);
    EXPECT_THAT(nowhere.state().error, testing::HasSubstr("/proc/nowhere"));
}

}  // namespace
}  // namespace gonghui::runtime
