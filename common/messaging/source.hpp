#pragma once
// Names on the bus. A source is where a sequence of events comes from: "331083/training/0". A topic is what a frame is
// published under: "331083.training.seat_taken". Both are ASCII; a district is its six-digit GB/T 2260 code.

#include "common/ids/uuid.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace gonghui::messaging {

struct Source {
    std::string district;
    std::string service;
    int partition = 0;

    friend auto operator<=>(const Source&, const Source&) = default;
    static std::optional<Source> parse(std::string_view text);
};

std::string to_string(const Source& source);

// "<district>.<service>.<event type>"
std::string topic_of(const Source& source, std::string_view event_type);

// What a follower of a service subscribes to: "<district>.<service>." - a whole service, never single types, so that
// sequence numbers stay contiguous and a gap shows.
std::string topic_prefix(std::string_view district, std::string_view service);

// The topic prefix that a topic lies under: "331083.training." of "331083.training.seat_taken"; empty when it has none.
std::string_view prefix_of(std::string_view topic);

// True when the topic lies under the source's own prefix.
bool topic_matches(std::string_view topic, std::string_view source);

// The partition of a service for what has no key and is needed in all of them.
inline constexpr int catalogue = 0;

// The partition that holds `key` among `partitions`: of more than one, any but the catalogue (PROTOCOL.md, section 8).
// Part of the wire protocol: the hub and every client agree on it.
int partition_of(const Uuid& key, int partitions);

// What one partition of a service has to do with.
struct Share {
    int partition = catalogue;
    int partitions = 1;
    [[nodiscard]] bool has(const Uuid& key) const { return partition_of(key, partitions) == partition; }
};

}  // namespace gonghui::messaging
