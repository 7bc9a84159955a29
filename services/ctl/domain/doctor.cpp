#include "services/ctl/domain/doctor.hpp"

#include "services/ctl/domain/table.hpp"
#include "services/ctl/domain/texts.hpp"

namespace gonghui::ctl {

namespace {

// A copy a day, and two hours in which it may be late.
constexpr std::chrono::hours oldest_backup{26};
// Offers lapse and deadlines pass by the second.
constexpr std::chrono::seconds most_apart{2};

using Findings = std::vector<Finding>;

void look_at_files(const Symptoms& seen, Findings& out)
{
    for (const auto& damage : seen.damages)
        out.push_back({text::store_damaged, {damage.store, damage.what}, text::store_damaged_remedy});
    for (const auto& file : seen.readable_keys) out.push_back({text::key_readable, {file}, text::key_readable_remedy});
    for (const auto& key : seen.ungranted_keys)
        out.push_back({text::key_ungranted, {key.file, key.instance}, text::key_ungranted_remedy});
    if (seen.free_bytes < seen.least_free_bytes)
        out.push_back({text::disk_full, {as_size(static_cast<std::int64_t>(seen.free_bytes))}, text::disk_full_remedy});
    for (const auto& file : seen.stale_pid_files) out.push_back({text::pid_stale, {file}, text::pid_stale_remedy});
    for (const auto& port : seen.taken_ports) out.push_back({text::port_taken, {port}, text::port_taken_remedy});
}

void look_at_partition(const Symptoms& seen, const PartitionReport& partition, Findings& out)
{
    if (!partition.answered) {
        out.push_back({text::partition_silent, {partition.source, partition.service}, text::partition_silent_remedy});
        return;
    }
    const auto apart = std::chrono::abs(seen.now - from_microseconds(partition.now));
    if (apart > most_apart) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(apart).count();
        out.push_back({text::clock_apart, {partition.source, std::to_string(seconds)}, text::clock_apart_remedy});
    }
    if (partition.parked > 0)
        out.push_back({text::events_parked,
                       {partition.source, std::to_string(partition.parked), partition.service},
                       text::events_parked_remedy});
    if (partition.backup_at == 0)
        out.push_back({text::backup_missing, {partition.source, partition.service}, text::backup_remedy});
    else if (const auto age = seen.now - from_microseconds(partition.backup_at); age > oldest_backup)
        out.push_back({text::backup_old,
                       {partition.source, partition.service,
                        std::to_string(std::chrono::duration_cast<std::chrono::hours>(age).count())},
                       text::backup_remedy});
}

}  // namespace

std::vector<Finding> diagnose(const Symptoms& seen)
{
    Findings out;
    if (seen.hub_problem) out.push_back({text::hub_problem, {*seen.hub_problem}, text::hub_problem_remedy});
    if (!seen.hub_problem && seen.hub_wire < seen.own_wire)
        out.push_back(
            {text::hub_old, {std::to_string(seen.hub_wire), std::to_string(seen.own_wire)}, text::hub_old_remedy});
    look_at_files(seen, out);
    for (const auto& partition : seen.partitions) look_at_partition(seen, partition, out);
    for (const auto& lag : seen.stuck)
        out.push_back({lag.diverged ? text::follower_parted : text::follower_stuck,
                       {lag.follower, lag.source, std::to_string(lag.behind)},
                       text::follower_stuck_remedy});
    for (const auto& one : seen.outdated)
        out.push_back({text::version_old, {one.service, one.running, one.installed}, text::version_old_remedy});
    for (const auto& one : seen.kept_out)
        out.push_back({text::kept_out,
                       {one.instance, std::to_string(one.rate), std::to_string(one.times)},
                       text::kept_out_remedy});
    for (const auto& edge : seen.silent_edges) out.push_back({text::edge_silent, {edge}, text::edge_silent_remedy});
    for (const auto& edge : seen.edges_without_pages)
        out.push_back({text::pages_missing, {edge}, text::pages_missing_remedy});
    return out;
}

}  // namespace gonghui::ctl
