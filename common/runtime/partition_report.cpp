#include "common/runtime/partition_report.hpp"

#include <chrono>
#include <filesystem>
#include <system_error>

namespace gonghui::runtime {

namespace {

// A host's counters as Prometheus wants them.
void tell(process::Metrics& metrics, const messaging::HostCounters& counted, const std::string& partition)
{
    const auto total = [&](const char* name, const char* help, std::int64_t value, const char* kind) {
        metrics.counter(name, help, {{"partition", partition}, {"kind", kind}}).advance_to(value);
    };
    constexpr auto requests = "gonghui_requests_total";
    constexpr auto requests_help = "Requests answered, by outcome.";
    total(requests, requests_help, counted.accepted, "accepted");
    total(requests, requests_help, counted.refused, "refused");
    total(requests, requests_help, counted.invalid, "invalid");
    total(requests, requests_help, counted.retried, "retry");
    total(requests, requests_help, counted.faults, "fault");
    total(requests, requests_help, counted.repeated, "repeated");
    constexpr auto events = "gonghui_events_total";
    constexpr auto events_help = "Events, by what became of them here; live and page tell how they came.";
    total(events, events_help, counted.events_published, "published");
    total(events, events_help, counted.applied_live, "applied_live");
    total(events, events_help, counted.applied_from_pages, "applied_from_pages");
    total(events, events_help, counted.skipped, "skipped");
    total(events, events_help, counted.parked, "parked");
    total(events, events_help, counted.duplicates, "duplicate");
    total(events, events_help, counted.undecodable, "undecodable");
    total(events, events_help, counted.gaps, "gap");
    constexpr auto work = "gonghui_host_total";
    constexpr auto work_help =
        "Work of the host: commits, messages in them, timers fired, batches run again because a message failed.";
    total(work, work_help, counted.commits, "commits");
    total(work, work_help, counted.messages, "messages");
    total(work, work_help, counted.timers_fired, "timers");
    total(work, work_help, counted.batches_again, "again");
}

void tell(process::Metrics& metrics, const messaging::Backlog& left, const std::string& partition)
{
    const auto gauge = [&](const char* name, const char* help, double value) {
        metrics.gauge(name, help, {{"partition", partition}}).set(value);
    };
    gauge("gonghui_events_behind", "Events of followed logs that are known and not applied yet.",
          static_cast<double>(left.behind));
    gauge("gonghui_parked_events", "Events that could not be applied and wait for somebody to look at them.",
          static_cast<double>(left.parked));
    gauge("gonghui_timers_late_seconds", "Since the first timer that has not fired was due.",
          std::chrono::duration<double>(left.timers_late).count());
}

void tell(process::Metrics& metrics, const messaging::LogCheck::Progress& check, const std::string& partition)
{
    metrics
        .gauge("gonghui_log_checked", "Records of the log that this pass of the verification has come through.",
               {{"partition", partition}})
        .set(static_cast<double>(check.checked));
    if (!check.completed_at) return;
    metrics
        .gauge("gonghui_log_check_age_seconds", "Since the whole log was last found sound.", {{"partition", partition}})
        .set(std::chrono::duration<double>(SystemClock().now() - *check.completed_at).count());
}

// Without any backup there is no age: an alarm on the figure must count its absence, too.
void tell(process::Metrics& metrics, const messaging::Backup::State& backup, const std::string& partition)
{
    if (!backup.newest_at) return;
    metrics
        .gauge("gonghui_backup_age_seconds", "Since the newest copy of the store was begun.",
               {{"partition", partition}})
        .set(std::chrono::duration<double>(SystemClock().now() - *backup.newest_at).count());
}

void tell(process::Metrics& metrics, const StoreFiles& files, const std::string& partition)
{
    std::error_code unknown;
    const auto space = std::filesystem::space(files.folder, unknown);
    if (!unknown)
        metrics.gauge("gonghui_disk_free_bytes", "Room left on the disk of the store.", {{"partition", partition}})
            .set(static_cast<double>(space.available));
    std::uintmax_t bytes = 0;
    for (const auto& file : {files.store(), files.keyring()})
        for (const auto* part : {"", "-wal"}) {
            const auto size = std::filesystem::file_size(file.string() + part, unknown);
            if (!unknown) bytes += size;
        }
    metrics
        .gauge("gonghui_store_bytes", "Of the store and its keyring, with what is not yet folded in.",
               {{"partition", partition}})
        .set(static_cast<double>(bytes));
    metrics
        .gauge("gonghui_segment_bytes", "Of the files to which the cold part of the log has moved.",
               {{"partition", partition}})
        .set(static_cast<double>(segment_bytes(files)));
}

}  // namespace

PartitionReport::PartitionReport(process::Setup& setup, const Partition& partition, int number)
    : setup_(setup), number_(std::to_string(number)), hook_(setup.metrics.collect([this, &partition] {
          tell(setup_.metrics, partition.host().counters(), number_);
          tell(setup_.metrics, partition.host().backlog(), number_);
          tell(setup_.metrics, partition.host().log_check(), number_);
          tell(setup_.metrics, partition.backup().state(), number_);
          tell(setup_.metrics, partition.files(), number_);
          partition.host().level() ? setup_.readiness.ready("level_" + number_)
                                   : setup_.readiness.not_ready("level_" + number_, "catching up");
      }))
{
}

PartitionReport::~PartitionReport()
{
    hook_.reset();
    setup_.metrics.forget("partition", number_);
    setup_.readiness.ready("level_" + number_);  // it is another instance's to say now
}

}  // namespace gonghui::runtime
