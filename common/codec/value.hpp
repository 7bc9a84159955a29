#pragma once
// Reads MessagePack under limits, whoever sent it: a length that exceeds them fails before anything is allocated for
// it.

#include "common/bytes/bytes.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gonghui::codec {

// Of everything that is decoded, so that a few bytes cannot claim much memory or a deep stack. Bytes for text and
// binary, counts for the others.
struct Limits {
    static constexpr std::size_t depth = 32;
    static constexpr std::size_t entries = 10'000;  // of an array or a map
    static constexpr std::size_t text_bytes = 1U << 20;
    static constexpr std::size_t binary_bytes = 4U << 20;  // a page of a log within a reply within a frame
};

enum class Kind : std::uint8_t { nil, boolean, integer, text, binary, array, map, other };

// A view of one decoded value. It and everything it returns are valid until the Parser that made it parses again or is
// destroyed, and while the parsed bytes live. Accessors return nullopt for another kind; `integer` also for a value
// beyond int64.
class Value {
public:
    Value();  // nil
    explicit Value(const void* object) : object_(object) {}

    [[nodiscard]] Kind kind() const;
    [[nodiscard]] std::optional<bool> boolean() const;
    [[nodiscard]] std::optional<std::int64_t> integer() const;
    [[nodiscard]] std::optional<std::string_view> text() const;  // valid UTF-8 only
    [[nodiscard]] std::optional<BytesView> binary() const;

    [[nodiscard]] std::size_t size() const;                               // of an array or a map; 0 for any other kind
    [[nodiscard]] Value element(std::size_t i) const;                     // of an array; requires i < size()
    [[nodiscard]] Value key(std::size_t i) const;                         // of a map; requires i < size()
    [[nodiscard]] Value mapped(std::size_t i) const;                      // of a map; requires i < size()
    [[nodiscard]] std::optional<Value> find(std::string_view key) const;  // of a map; the first entry with that key

    [[nodiscard]] const void* object() const { return object_; }

private:
    const void* object_;
};

// Reuses its memory from one parse to the next. Not thread-safe; one per thread.
class Parser {
public:
    Parser();
    ~Parser();
    Parser(Parser&&) noexcept;
    Parser& operator=(Parser&&) noexcept;

    // The one value in `bytes`. Fails, with a sentence for a person, on truncated or trailing bytes and beyond Limits.
    tl::expected<Value, std::string> parse(BytesView bytes);

private:
    struct Memory;
    std::unique_ptr<Memory> memory_;
};

}  // namespace gonghui::codec
