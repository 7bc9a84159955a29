#include "common/runtime/serve.hpp"

#include "common/process/log.hpp"
#include "common/process/run.hpp"
#include "common/runtime/crew.hpp"
#include "common/tracing/exporter.hpp"
#include "common/zeromq/keys.hpp"

#include <algorithm>
#include <optional>

namespace gonghui::runtime {

namespace {

namespace form = process::form;

// It names a file.
bool is_instance_name(std::string_view name)
{
    return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    });
}

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
        {.name = "instance",
         .fallback = "0",
         .description = "Name of this instance among those that share the service's partitions on this disk.",
         .form = {is_instance_name, {"字母、数字、点和连字符", "letters, digits, dots and hyphens"}}},
        {.name = "partitions",
         .type = process::Type::integer,
         .fallback = "1",
         .description = "Partitions of the service, all instances together; fixed once the stores exist.",
         .least = 1,
         .most = 64},
        {.name = "traces.endpoint",
         .fallback = "",
         .description = "Collector that gets spans (OTLP/HTTP, JSON), such as http://127.0.0.1:4318/v1/traces; empty: "
                        "there are none.",
         .form = form::http_address},
        {.name = "traces.sample",
         .type = process::Type::integer,
         .fallback = "0",
         .description = "Of 1,000 requests and timers that come without a trace, so many begin one.",
         .least = 0,
         .most = 1000},
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

// The way of spans out of this process, if there is one.
class Traces {
public:
    Traces(process::Setup& setup, const ServiceProgram& program, const std::string& instance)
        : of_a_thousand_(static_cast<int>(setup.config.integer("traces.sample")))
    {
        const auto& endpoint = setup.config.text("traces.endpoint");
        if (endpoint.empty()) return;
        exporter_.emplace(
            tracing::ExporterSettings{.endpoint = endpoint,
                                      .resource = {{"service.name", "gonghui-" + std::string(program.name)},
                                                   {"service.instance.id", instance},
                                                   {"service.version", std::string(program.version)},
                                                   {"gonghui.district", setup.config.text("district")}}},
            [endpoint](const std::string& why) {
                process::log::warning("spans_not_taken", {{"endpoint", endpoint}, {"error", why}});
            });
        hook_.emplace(setup.metrics.collect([this, &metrics = setup.metrics] { tell(metrics); }));
    }

    [[nodiscard]] messaging::TraceSettings settings()
    {
        if (!exporter_) return {};
        return {&*exporter_, of_a_thousand_};
    }

private:
    void tell(process::Metrics& metrics)
    {
        const auto counted = exporter_->counters();
        const auto total = [&](const char* kind, std::int64_t value) {
            metrics.counter("gonghui_spans_total", "Spans, by what became of them.", {{"kind", kind}})
                .advance_to(value);
        };
        total("sent", counted.sent);
        total("dropped", counted.dropped);
        total("failed", counted.failed);
    }

    int of_a_thousand_;
    std::optional<tracing::Exporter> exporter_;
    std::optional<process::Metrics::Hook> hook_;  // ends before what it looks at
};

}  // namespace

int serve(const ServiceProgram& program, int argc, char** argv)
{
    const auto executable = "gonghui-" + std::string(program.name);
    auto keys = keys_of_every_service();
    keys.insert(keys.end(), program.keys.begin(), program.keys.end());
    return process::run(
        {.name = executable, .version = program.version, .summary = program.summary, .keys = std::move(keys)}, argc,
        argv, [&program](process::Setup& setup) {
            const auto& config = setup.config;
            const auto instance = std::string(program.name) + '-' + config.text("instance");
            Traces traces(setup, program, instance);
            Crew crew(program, setup, instance, [&](int partition) {
                auto settings = settings_of(config, program, partition);
                settings.traces = traces.settings();
                return settings;
            });
            crew.run();
            return 0;
        });
}

}  // namespace gonghui::runtime
