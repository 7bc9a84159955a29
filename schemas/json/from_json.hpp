#pragma once
// JSON -> the MessagePack of a message, in one pass and checked against the catalogue: no tree is built. The order of a
// record's fields in JSON does not matter; in MessagePack they stand as in the schema, so that a request that comes
// again has the same bytes.

#include "common/bytes/bytes.hpp"
#include "common/ids/uuid.hpp"
#include "schemas/generated/catalogue.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::schemas {

// `path` is dotted ("rows.3.phone"), empty for the whole. The codes are those of the services' decoders (missing,
// wrong_type, out_of_range, too_short, too_long, unknown_value) and unknown_field, given_twice, not_json. Never holds
// the value: it may be personal.
struct InputError {
    std::string path;
    std::string code;
    std::size_t position = 0;  // of not_json: the byte, from 1, where the text stops to make sense; 0: unknown
    friend bool operator==(const InputError&, const InputError&) = default;
};

struct MessageInput {
    Bytes data;               // one encoded map
    std::optional<Uuid> key;  // the value of the message's routing field
};

// Whose `person_id` stands for a field of that name at the top that is not given; nil: nobody's.
using Reading = tl::expected<MessageInput, std::vector<InputError>>;
Reading from_json(const Message& message, std::string_view json, const Uuid& self);

// The same from the query of an address: `a=1&b=x&b=y`; arrays repeat the name.
Reading from_query(const Message& message, std::string_view query, const Uuid& self);

// "%E5%B7%A5" and "+" undone; nullopt when it is no percent-encoding, or not of UTF-8.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace gonghui::schemas
