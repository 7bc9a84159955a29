#pragma once
// Walks MessagePack from front to back without decoding what nobody asks for: the bus reads a few attributes of a
// message and passes a megabyte of data over by its length. Allocates nothing and recurses never, so that no nesting
// can hurt it; what it passes over is known to be whole, not to be sensible (text may be any bytes).

#include "common/bytes/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace gonghui::codec {

// Every reader returns nullopt, and stays where it is, when the next value is of another kind or is cut short. What is
// returned are views of the scanned bytes.
class Scan {
public:
    explicit Scan(BytesView bytes) : rest_(bytes) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    // How many entries (elements) follow.
    std::optional<std::size_t> map();
    std::optional<std::size_t> array();

    std::optional<std::string_view> text();
    std::optional<BytesView> binary();
    std::optional<std::int64_t> integer();  // nullopt also beyond int64
    bool nil();

    // The next value, whatever it is, as it is encoded.
    std::optional<BytesView> value();

private:
    std::optional<std::size_t> sized(std::uint8_t kind);

    BytesView rest_;
};

}  // namespace gonghui::codec
