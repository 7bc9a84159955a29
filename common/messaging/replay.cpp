#include "common/messaging/replay.hpp"

#include "common/messaging/event_log.hpp"

namespace gonghui::messaging {

namespace {

constexpr std::size_t read_at_once = 1024 * 1024;  // bytes

struct Replay {
    Service& service;
    const sealing::Key& service_key;
    std::int64_t replayed = 0;
    codec::Parser parser{};
    codec::Parser private_parser{};

    void take(const LogRecord& record)
    {
        const auto fail = [&](const std::string& why) {
            throw std::runtime_error("log record " + std::to_string(record.seq) + ": " + why);
        };
        const auto event = decode_event(parser, record.bytes);
        if (!event) fail(event.error());
        if (event->header.type.starts_with('_')) return;

        auto data = event->data;
        Bytes unsealed;
        if (event->is_private()) {
            auto plain = sealing::unseal(service_key, event->header.dataschema, Sealed{to_bytes(*data.binary())});
            if (!plain) fail("its data does not open with this service's key");
            unsealed = std::move(*plain);
            const auto value = private_parser.parse(unsealed);
            if (!value) fail(value.error());
            data = *value;
        }
        if (service.replay(*event, data) != Known::yes) fail(std::string(event->header.dataschema) + " is not known");
        ++replayed;
    }
};

}  // namespace

std::int64_t replay_log(sqlite::Database& log, Service& service, const sealing::Key& service_key)
{
    Replay replay{.service = service, .service_key = service_key};
    for (auto records = read_log(log, 0, read_at_once); !records.empty();
         records = read_log(log, records.back().seq, read_at_once))
        for (const auto& record : records) replay.take(record);
    return replay.replayed;
}

}  // namespace gonghui::messaging
