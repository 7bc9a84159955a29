#include "common/runtime/serve.hpp"

#include "common/process/exit_codes.hpp"
#include "common/process/log.hpp"
#include "common/process/run.hpp"
#include "common/runtime/partition.hpp"
#include "common/zeromq/keys.hpp"

#include <exception>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

namespace gonghui::runtime {

namespace {

namespace form = process::form;

process::Keys keys_of_every_service()
{
    return {
        {.name = "district", .description = "The district that this is a service of.", .form = form::district_code},
        {.name = "hub.publish",
         .fallback = "tcp://127.0.0.1:7311",
         .description = "Where the hub takes events.",
         .form = form::tcp_endpoint},
        {.name = "hub.subscribe",
         .fallback = "tcp://127.0.0.1:7312",
         .description = "Where the hub gives events.",
         .form = form::tcp_endpoint},
        {.name = "hub.request",
         .fallback = "tcp://127.0.0.1:7313",
         .description = "Where the hub routes requests.",
         .form = form::tcp_endpoint},
        {.name = "hub.public_key",
         .description = "The hub's CURVE public key.",
         .form = {zeromq::is_key, {"40 个字符的 Z85 公钥", "a CURVE public key of 40 characters of Z85"}}},
        {.name = "keys.identity", .description = "File of this instance's CURVE key pair, mode 0600."},
        {.name = "keys.service",
         .description = "File of the service's own key (private events, keyring, blind indexes), mode 0600."},
        {.name = "store.folder", .description = "Folder of the stores; a local disk, never NFS."},
        {.name = "backup.folder",
         .fallback = "",
         .description = "Folder of the stores' copies, on another disk if there is one; empty: backup, in "
                        "store.folder."},
        {.name = "store.cache_kib",
         .type = process::Type::integer,
         .fallback = "65536",
         .description = "Most page cache of the writer of each partition, in KiB; given back when it is quiet.",
         .least = 64},
        {.name = "store.least_free_mib",
         .type = process::Type::integer,
         .fallback = "1024",
         .description = "With less room on the disk of store.folder an alarm is raised; 0: never.",
         .least = 0},
        {.name = "log.hot",
         .type = process::Type::integer,
         .fallback = "262144",
         .description = "Newest records of the log that stay in the store; older ones move into segments beside it.",
         .least = 1},
        {.name = "log.segment",
         .type = process::Type::integer,
         .fallback = "65536",
         .description = "Records of one segment.",
         .least = 1},
        {.name = "partitions",
         .type = process::Type::integer,
         .fallback = "1",
         .description = "Partitions of the service; fixed once the stores exist.",
         .least = 1,
         .most = 64},
        {.name = "readers",
         .type = process::Type::integer,
         .fallback = "1",
         .description = "Threads that answer queries, per partition.",
         .least = 1,
         .most = 16},
    };
}

PartitionSettings settings_of(const process::Config& config, const ServiceProgram& program, int partition)
{
    PartitionSettings settings;
    settings.source = {config.text("district"), std::string(program.name), partition};
    settings.partitions = static_cast<int>(config.integer("partitions"));
    settings.readers = static_cast<int>(config.integer("readers"));
    settings.cache_kib = config.integer("store.cache_kib");
    settings.folder = config.text("store.folder");
    settings.least_free = static_cast<std::uintmax_t>(config.integer("store.least_free_mib")) << 20U;
    settings.sealing.hot = config.integer("log.hot");
    settings.sealing.segment = config.integer("log.segment");
    settings.backups = config.text("backup.folder");
    if (settings.backups.empty()) settings.backups = settings.folder / "backup";
    settings.service_key = config.text("keys.service");
    settings.hub = {config.text("hub.publish"), config.text("hub.subscribe"), config.text("hub.request"),
                    config.text("hub.public_key")};
    settings.identity = zeromq::KeyPair::load(config.text("keys.identity"));
    return settings;
}

// A host's counters as Prometheus wants them.
void report(process::Metrics& metrics, const messaging::HostCounters& counted, const std::string& partition)
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

void report(process::Metrics& metrics, const messaging::LogCheck::Progress& check, const std::string& partition)
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
void report(process::Metrics& metrics, const messaging::Backup::State& backup, const std::string& partition)
{
    if (!backup.newest_at) return;
    metrics
        .gauge("gonghui_backup_age_seconds", "Since the newest copy of the store was begun.",
               {{"partition", partition}})
        .set(std::chrono::duration<double>(SystemClock().now() - *backup.newest_at).count());
}

void report(process::Metrics& metrics, const StoreFiles& files, const std::string& partition)
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

// The threads of a process's partitions. The first failure stops them all and is thrown by `join`.
class Crew {
public:
    Crew(const ServiceProgram& program, process::Setup& setup) : program_(program), setup_(setup) {}

    void start(int partitions)
    {
        for (int i = 0; i < partitions; ++i) threads_.emplace_back([this, i] { work(i); });
    }

    void join()
    {
        for (auto& thread : threads_) thread.join();
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    void work(int number)
    {
        try {
            Partition partition(settings_of(setup_.config, program_, number), program_, setup_, context_);
            const auto name = std::to_string(number);
            const auto hook = setup_.metrics.collect([&] {
                report(setup_.metrics, partition.host().counters(), name);
                report(setup_.metrics, partition.host().log_check(), name);
                report(setup_.metrics, partition.backup().state(), name);
                report(setup_.metrics, partition.files(), name);
                partition.host().level() ? setup_.readiness.ready("level_" + name)
                                         : setup_.readiness.not_ready("level_" + name, "catching up");
            });
            setup_.readiness.ready("process");
            partition.drive(setup_.stop);
        } catch (const messaging::BrokenChain& broken) {
            fail(std::make_exception_ptr(process::Failure(process::Exit::data, broken.what())));
        } catch (...) {
            fail(std::current_exception());
        }
    }

    void fail(std::exception_ptr failure)
    {
        const std::scoped_lock lock(mutex_);
        if (!failure_) failure_ = std::move(failure);
        setup_.request_stop();
    }

    const ServiceProgram& program_;
    process::Setup& setup_;
    zeromq::Context context_;
    std::mutex mutex_;
    std::exception_ptr failure_;
    std::vector<std::jthread> threads_;
};

}  // namespace

int serve(const ServiceProgram& program, int argc, char** argv)
{
    const auto executable = "gonghui-" + std::string(program.name);
    auto keys = keys_of_every_service();
    keys.insert(keys.end(), program.keys.begin(), program.keys.end());
    return process::run({.name = executable, .summary = program.summary, .keys = std::move(keys)}, argc, argv,
                        [&program](process::Setup& setup) {
                            Crew crew(program, setup);
                            crew.start(static_cast<int>(setup.config.integer("partitions")));
                            crew.join();
                            return 0;
                        });
}

}  // namespace gonghui::runtime
