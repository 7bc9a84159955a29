#pragma once
// The bench's own service: it takes events of 300 bytes and does nothing but keep them in its log. `mirror` follows it.

#include "common/codec/fields.hpp"
#include "common/codec/writer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gonghui::ledger {

struct Appended {
    static constexpr std::string_view dataschema = "ledger/appended.v1";
    static constexpr bool is_private = false;
    Bytes payload;
    [[nodiscard]] std::string subject() const { return "a"; }
};

struct Append {
    static constexpr std::string_view type = "ledger.append";
    std::vector<Bytes> payloads;
};

inline void encode(codec::Writer& out, const Appended& event)
{
    out.map(1);
    codec::entry(out, "payload", event.payload);
}

inline void encode(codec::Writer& out, const Append& command)
{
    out.map(1);
    codec::entry(out, "payloads", command.payloads);
}

inline void decode(codec::Value value, Appended& out, codec::Errors& errors)
{
    codec::field(value, "payload", out.payload, errors);
}

inline void decode(codec::Value value, Append& out, codec::Errors& errors)
{
    codec::field(value, "payloads", out.payloads, errors);
}

}  // namespace gonghui::ledger
