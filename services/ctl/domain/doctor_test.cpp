#include "services/ctl/domain/doctor.hpp"

#include "services/ctl/domain/texts.hpp"

#include <gtest/gtest.h>

namespace gonghui::ctl {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const UtcTime now = from_microseconds(1'800'000'000'000'000);

PartitionReport sound_partition()
{
    PartitionReport partition;
    partition.source = "331083/training/0";
    partition.service = "training";
    partition.answered = true;
    partition.now = to_microseconds(now);
    partition.backup_at = to_microseconds(now - hours(1));
    return partition;
}

Symptoms sound()
{
    Symptoms seen;
    seen.now = now;
    seen.least_free_bytes = 1 << 30;
    seen.free_bytes = 2ULL << 30U;
    seen.hub_wire = seen.own_wire = 1;
    seen.partitions = {sound_partition()};
    return seen;
}

// The one thing that is wrong, in English.
std::string only(const Symptoms& seen)
{
    const auto findings = diagnose(seen);
    if (findings.size() != 1) return std::to_string(findings.size()) + " findings";
    const auto& found = findings.front();
    EXPECT_FALSE(found.remedy.zh_cn.empty());
    EXPECT_FALSE(found.remedy.en.empty());
    return filled(found.what.en, {found.values[0], found.values[1], found.values[2]});
}

std::string only(const PartitionReport& partition)
{
    auto seen = sound();
    seen.partitions = {partition};
    return only(seen);
}

TEST(Doctor, FindsNothingInASoundDistrict)
{
    EXPECT_TRUE(diagnose(sound()).empty());
}

TEST(Doctor, NamesWhoBringsMoreThanItsRate)
{
    auto seen = sound();
    seen.kept_out = {{"stations-0", 1'000, 3}};
    EXPECT_EQ(
        only(seen),
        "stations-0 brought far more than its rate of 1000 a second: the hub has kept it out 3 times since it began.");
}

TEST(Doctor, FindsAGatewayThatBrowsersDoNotGetAt)
{
    auto seen = sound();
    seen.silent_edges = {"127.0.0.1:8080"};
    EXPECT_EQ(only(seen), "The gateway answers on the bus, and no browser at http://127.0.0.1:8080.");
    seen = sound();
    seen.edges_without_pages = {"127.0.0.1:8080"};
    EXPECT_EQ(only(seen), "http://127.0.0.1:8080 has the API alone, and no pages.");
}

TEST(Doctor, FindsWhatIsWrongWithFiles)
{
    auto seen = sound();
    seen.readable_keys = {"keys/ctl.key"};
    EXPECT_EQ(only(seen), "Others may read the key keys/ctl.key.");
    seen = sound();
    seen.ungranted_keys = {{"keys/training-0.key", "training-0"}};
    EXPECT_EQ(only(seen), "The key in keys/training-0.key was revoked or never granted: the hub lets it nowhere.");
    seen = sound();
    seen.stale_pid_files = {"run/training.pid"};
    EXPECT_EQ(only(seen), "run/training.pid names a process that does not run.");
    seen = sound();
    seen.damages = {{"store/training-0.db", "record 7"}};
    EXPECT_EQ(only(seen), "The log of store/training-0.db is damaged: record 7");
}

TEST(Doctor, FindsWhatIsWrongWithTheMachine)
{
    auto seen = sound();
    seen.free_bytes = seen.least_free_bytes - 1;
    EXPECT_EQ(only(seen), "The disk of the stores has 1023.9 MiB left.");
    seen.free_bytes = seen.least_free_bytes;
    EXPECT_TRUE(diagnose(seen).empty());
    seen.taken_ports = {"127.0.0.1:7320"};
    EXPECT_EQ(only(seen), "The hub does not answer, and yet 127.0.0.1:7320 is in use.");
}

TEST(Doctor, FindsAHubThatDoesNotAnswer)
{
    auto seen = sound();
    seen.partitions.clear();
    seen.hub_wire = 0;  // nobody could say
    seen.hub_problem = "The hub at tcp://127.0.0.1:7313 cannot be reached";
    EXPECT_EQ(only(seen), *seen.hub_problem);
}

TEST(Doctor, FindsVersionsThatDiffer)
{
    auto seen = sound();
    seen.own_wire = 2;
    EXPECT_EQ(only(seen), "The hub speaks version 1 of the protocol, this command 2.");
    seen = sound();
    seen.hub_wire = 2;  // it speaks the older one, too
    EXPECT_TRUE(diagnose(seen).empty());
    seen.outdated = {{"training", "0.1.0", "0.1.1"}};
    EXPECT_EQ(only(seen), "training runs 0.1.0; 0.1.1 is installed.");
}

TEST(Doctor, FindsASilentPartitionAndSaysNoMoreOfIt)
{
    PartitionReport silent;
    silent.source = "331083/training/0";
    silent.service = "training";
    EXPECT_EQ(only(silent), "331083/training/0 does not answer.");
}

TEST(Doctor, FindsClocksThatAreApart)
{
    auto partition = sound_partition();
    partition.now = to_microseconds(now + seconds(2));
    auto seen = sound();
    seen.partitions = {partition};
    EXPECT_TRUE(diagnose(seen).empty());
    partition.now = to_microseconds(now - seconds(90));
    EXPECT_EQ(only(partition), "The clock of 331083/training/0 and the one here are 90 s apart.");
}

TEST(Doctor, FindsParkedEventsAndOldBackups)
{
    auto partition = sound_partition();
    partition.parked = 3;
    EXPECT_EQ(only(partition), "331083/training/0 has parked 3 events.");
    partition = sound_partition();
    partition.backup_at = 0;
    EXPECT_EQ(only(partition), "There is no backup of 331083/training/0.");
    partition.backup_at = to_microseconds(now - hours(27));
    EXPECT_EQ(only(partition), "The newest backup of 331083/training/0 is 27 hours old.");
}

TEST(Doctor, FindsAFollowerThatDoesNotMove)
{
    auto seen = sound();
    seen.stuck = {{"331083/training/0", "331083/registration/0", 5, 12, 7, false}};
    EXPECT_EQ(only(seen), "331083/training/0 is 7 events behind 331083/registration/0 and does not move.");
    seen.stuck.front().diverged = true;
    EXPECT_EQ(only(seen), "The histories of 331083/training/0 and 331083/registration/0 have parted.");
}

}  // namespace
}  // namespace gonghui::ctl
