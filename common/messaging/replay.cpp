#include "common/messaging/replay.hpp"

namespace gonghui::messaging {

std::int64_t replay_log(sqlite::Database& log, Service& service, const sealing::Key& service_key)
{
    codec::Parser parser;
    codec::Parser private_parser;
    std::int64_t replayed = 0;
    auto rows = log.query("SELECT seq, bytes FROM log ORDER BY seq");
    while (rows.next()) {
        const auto fail = [&](const std::string& why) {
            throw std::runtime_error("log record " + std::to_string(rows.integer(0)) + ": " + why);
        };
        const auto event = decode_event(parser, rows.blob(1));
        if (!event) fail(event.error());
        if (event->header.type.starts_with('_')) continue;

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
    return replayed;
}

}  // namespace gonghui::messaging
