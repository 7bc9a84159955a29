#pragma once
// What the hub reads of a request: where it goes and who asks. It never decodes the data.

#include "common/bytes/bytes.hpp"
#include "common/ids/uuid.hpp"
#include "common/time/clock.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace gonghui::hub {

// Views of the request.
struct RequestHead {
    Uuid id;
    std::string_view type;
    std::optional<Uuid> key;
    std::optional<std::int64_t> partition;
    std::optional<UtcTime> deadline;
    bool asserts_actor = false;

    // "training.enroll" -> "training"; empty when the type names no service.
    [[nodiscard]] std::string_view service() const;
};

// nullopt when the bytes are no whole map, lack an id or a type, or one of these attributes is of another kind. An
// attribute that stands twice counts the first time, as it does for whoever decodes the whole.
std::optional<RequestHead> read_head(BytesView request);

}  // namespace gonghui::hub
