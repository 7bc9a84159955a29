#include "common/runtime/partition.hpp"

#include "common/messaging/store_owner.hpp"
#include "common/process/allocator.hpp"
#include "common/process/exit_codes.hpp"
#include "common/process/log.hpp"

#include <algorithm>
#include <string>

namespace gonghui::runtime {

namespace {

// For the hub's word that it sends no more requests: of one that is gone it does not come.
constexpr std::chrono::milliseconds release_patience{500};
constexpr std::chrono::seconds longest_drain{5};
// After a burst the process holds memory that the burst needed; a quiet partition gives it back.
constexpr std::chrono::seconds quiet_before_trim{2};

// Brings the tables up before anything is built on them.
sealing::Key migrated(sqlite::Database& database, const ServiceProgram& program, const PartitionSettings& settings)
{
    try {
        messaging::own_store(database, settings.source, settings.partitions);
    } catch (const messaging::ForeignStore& error) {
        throw process::Failure(process::Exit::data, error.what());
    }
    messaging::migrate_host_tables(database);
    program.migrate(database);
    return sealing::load_key_file(settings.service_key);
}

messaging::KeyFetcherSettings fetcher_settings(const ServiceProgram& program, const messaging::KeyPair& identity)
{
    messaging::KeyFetcherSettings settings;
    settings.owner_service = program.key_owner;
    settings.public_key = zeromq::raw_key(identity.public_key);
    settings.secret_key = zeromq::raw_key(identity.secret_key);
    return settings;
}

void raise_alarm(std::string_view code, std::string_view detail)
{
    process::log::warning("alarm", {{"code", code}, {"detail", detail}});
}

}  // namespace

StoreFiles files_of(const std::filesystem::path& stores, std::string_view service, int partition)
{
    return {stores, std::string(service) + '-' + std::to_string(partition)};
}

Partition::Partition(const PartitionSettings& settings, const ServiceProgram& program, process::Setup& setup,
                     zeromq::Context& context, StoreLock lock)
    : source_(to_string(settings.source)),
      files_(files_of(settings.folder, settings.source.service, settings.source.partition)),
      lock_(std::move(lock)),
      database_(files_.store(), {.cache_kib = settings.cache_kib}),
      service_key_(migrated(database_, program, settings)),
      keyring_(files_.keyring(), service_key_, random_),
      backup_(database_, files_, settings.backups, clock_),
      disk_(settings.folder, settings.least_free),
      transport_(context, settings.hub, settings.identity),
      key_fetcher_(fetcher_settings(program, settings.identity), keyring_),
      ground_{.database = database_,
              .keyring_path = files_.keyring(),
              .keyring = keyring_,
              .service_key = service_key_,
              .clock = clock_,
              .random = random_,
              .config = setup.config,
              .metrics = setup.metrics,
              .readiness = setup.readiness,
              .watchdog = setup.watchdog,
              .hub = settings.hub,
              .identity = settings.identity,
              .district = settings.source.district,
              .share = {settings.source.partition, settings.partitions},
              .stop = setup.stop},
      assembled_(program.assemble(ground_)),
      readers_(files_.store(), settings.readers, [this] { transport_.wake(); })
{
    host_.emplace(messaging::HostSettings{.source = settings.source,
                                          .partitions = settings.partitions,
                                          .sealing = settings.sealing,
                                          .version = std::string(program.version),
                                          .traces = settings.traces},
                  messaging::HostPorts{.database = database_,
                                       .service = assembled_->service(),
                                       .transport = transport_,
                                       .executor = readers_,
                                       .clock = clock_,
                                       .random = random_,
                                       .service_key = service_key_,
                                       .keyring = &keyring_,
                                       .key_fetcher = program.key_owner.empty() ? nullptr : &key_fetcher_,
                                       .backup = &backup_,
                                       .alarm = raise_alarm,
                                       .urgency = [this](messaging::Urgency urgency) {
                                           priority_.set(urgency);
                                       }});
    process::log::info("partition_opened", {{"source", source_},
                                            {"head", host_->head().seq},
                                            {"store", files_.store().string()},
                                            {"steps_back", priority_.is_free()}});
}

void Partition::drive(const std::stop_token& stop, process::Watchdog::Loop& loop)
{
    const std::stop_callback rouse(stop, [this] { transport_.wake(); });
    auto quiet_since = clock_.now();
    std::int64_t worked = 0;
    bool trimmed = false;
    while (!stop.stop_requested()) {
        loop.turn();
        const bool worked_now = host_->step();
        if (backup_.step() || worked_now) continue;
        const auto now = clock_.now();
        if (const auto free = disk_.look(now)) raise_alarm("disk_low", std::to_string(*free >> 20) + " MiB left");
        if (const auto messages = host_->counters().messages; messages != worked) {
            worked = messages;
            quiet_since = now;
            trimmed = false;
        }
        if (!trimmed && now - quiet_since > quiet_before_trim) {
            database_.checkpoint();
            database_.release_memory();
            process::give_back_memory();
            trimmed = true;
        }
        const auto at = std::clamp(host_->wake_at(), now, now + messaging::beacon_interval);
        transport_.wait(std::chrono::ceil<std::chrono::milliseconds>(at - now));
        tell_of_the_hub(now);
        obey_the_hub();
    }
    make_ready_to_part();
    drain();
}

void Partition::tell_of_the_hub(UtcTime now)
{
    const auto& hub = ground_.hub.request;
    const auto news = hub_watch_.look(transport_.link(), now);
    if (news == HubNews::connected)
        process::log::info("connected", {{"source", source_}, {"hub", hub}});
    else if (news == HubNews::unreachable)
        process::log::error(
            "hub_unreachable",
            {{"source", source_}, {"reason", "the hub at " + hub + " cannot be reached; is `gonghui up` running?"}});
    else if (news == HubNews::key_refused)
        process::log::error("key_refused",
                            {{"source", source_},
                             {"reason", "the hub does not know the key " + ground_.config.text("keys.identity") +
                                            "; see `gonghui keys list`"}});
}

constexpr std::string_view is_held_elsewhere =
    " is held by another process under a higher claim: stop that one first. If there is none, the store was removed or "
    "replaced and the hub remembers the one before: restart the hub";

// Whoever has lost a partition must not go on writing and publishing beside its new holder.
void Partition::obey_the_hub()
{
    for (const auto& refusal : transport_.take_refusals()) {
        if (told_refusals_.emplace(refusal.code, refusal.what).second)
            process::log::error("hub_refused", {{"code", refusal.code}, {"what", refusal.what}});
        if (refusal.code == "superseded")
            throw process::Failure(process::Exit::unavailable, source_ + std::string(is_held_elsewhere));
    }
}

// What closing the store would write is written while requests are still answered in between: whoever takes the
// partition over can open it at once.
void Partition::make_ready_to_part()
{
    for (int i = 0; i < 2; ++i) {
        database_.checkpoint();
        host_->step();
    }
}

// What the hub had sent before it heard the release is still on its way, and its callers would wait for nobody.
void Partition::drain()
{
    const auto begun = clock_.now();
    const auto is_released = [&] {
        return transport_.is_released() || clock_.now() - begun > release_patience;
    };
    while (!(host_->drain() && is_released()) && clock_.now() - begun < longest_drain)
        transport_.wait(std::chrono::milliseconds(10));
    transport_.wait(std::chrono::milliseconds(0));  // the last answers leave
    process::log::info("partition_drained", {{"source", source_}, {"head", host_->head().seq}});
}

}  // namespace gonghui::runtime
