#pragma once
// One partition of a service in a process: its store, keys, readers, connection to the hub and host, in the order in
// which they stand on each other; and the loop that drives them.

#include "common/messaging/host.hpp"
#include "common/messaging/zeromq_transport.hpp"
#include "common/process/run.hpp"
#include "common/runtime/disk_watch.hpp"
#include "common/runtime/hub_watch.hpp"
#include "common/runtime/reader_pool.hpp"
#include "common/runtime/serve.hpp"
#include "common/runtime/store_backup.hpp"
#include "common/runtime/store_files.hpp"
#include "common/runtime/store_lock.hpp"
#include "common/runtime/thread_priority.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace gonghui::runtime {

struct PartitionSettings {
    messaging::Source source;
    int partitions = 1;
    int readers = 1;
    std::int64_t cache_kib = 65536;
    std::filesystem::path folder;   // of the stores
    std::uintmax_t least_free = 0;  // bytes on its disk; with fewer an alarm is raised
    messaging::SealingPlan sealing{};
    std::filesystem::path backups;  // folder of their copies
    std::filesystem::path service_key;
    messaging::HubAddress hub;
    messaging::KeyPair identity;
    messaging::TraceSettings traces{};
};

StoreFiles files_of(const std::filesystem::path& stores, std::string_view service, int partition);

// Built and driven by one thread; `host` may be asked for its counters from others.
class Partition {
public:
    // `lock` is that of its store.
    Partition(const PartitionSettings& settings, const ServiceProgram& program, process::Setup& setup,
              zeromq::Context& context, StoreLock lock);

    // Until `stop`, then drains: what was accepted is answered, the hub is told, new requests get `retry`.
    void drive(const std::stop_token& stop, process::Watchdog::Loop& loop);

    [[nodiscard]] const messaging::Host& host() const { return *host_; }
    [[nodiscard]] const StoreBackup& backup() const { return backup_; }
    [[nodiscard]] const StoreFiles& files() const { return files_; }

private:
    void obey_the_hub();
    void tell_of_the_hub(UtcTime now);
    void make_ready_to_part();
    void drain();

    std::string source_;
    ThreadPriority priority_;
    SystemClock clock_;
    SystemRandom random_;
    StoreFiles files_;
    StoreLock lock_;
    sqlite::Database database_;
    sealing::Key service_key_;
    sealing::Keyring keyring_;
    StoreBackup backup_;
    DiskWatch disk_;
    messaging::ZeroMqTransport transport_;
    HubWatch hub_watch_;
    std::set<std::pair<std::string, std::string>> told_refusals_;  // code and what: each is told once
    messaging::KeyFetcher key_fetcher_;
    Ground ground_;
    std::unique_ptr<Assembled> assembled_;
    ReaderPool readers_;  // after what its threads work with, so that they end before it
    std::optional<messaging::Host> host_;
};

}  // namespace gonghui::runtime
