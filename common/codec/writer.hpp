#pragma once
// Writes MessagePack. The bytes of one value are always the same: maps are written in the order of the schema, integers
// in their shortest form, so that golden bytes and hashes hold across languages.

#include "common/bytes/bytes.hpp"
#include "common/codec/value.hpp"
#include "common/ids/id.hpp"
#include "common/sealing/sealed.hpp"
#include "common/time/clock.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::codec {

// Appends to one growing buffer. Not thread-safe. The caller announces the size of every map and array before its
// members; nothing checks that the members follow.
class Writer {
public:
    Writer();
    ~Writer();
    Writer(Writer&&) noexcept;
    Writer& operator=(Writer&&) noexcept;

    void map(std::size_t entries);
    void array(std::size_t elements);
    void nil();
    void boolean(bool value);
    void integer(std::int64_t value);
    void text(std::string_view value);
    void binary(BytesView value);
    void raw(BytesView encoded);  // one value that is already MessagePack
    void value(const Value& value);

    [[nodiscard]] BytesView view() const;  // valid until the next write
    [[nodiscard]] Bytes take();            // leaves the writer empty and reusable
    void clear();                          // keeps the capacity

private:
    struct Buffer;
    std::unique_ptr<Buffer> buffer_;
};

// What generated codecs call for a field's value.
inline void encode(Writer& out, bool value)
{
    out.boolean(value);
}
inline void encode(Writer& out, std::int64_t value)
{
    out.integer(value);
}
inline void encode(Writer& out, const std::string& value)
{
    out.text(value);
}
inline void encode(Writer& out, const Uuid& value)
{
    out.binary(value.view());
}
inline void encode(Writer& out, UtcTime value)
{
    out.integer(to_microseconds(value));
}
inline void encode(Writer& out, const Bytes& value)
{
    out.binary(value);
}
inline void encode(Writer& out, const Sealed& value)
{
    out.binary(value.bytes);
}
inline void encode(Writer& out, const Personal& value)
{
    out.text(value.reveal());
}

void encode(Writer& out, std::chrono::year_month_day value);  // "YYYY-MM-DD"
void encode(Writer& out, const std::map<std::string, std::string>& values);

template <class Tag>
void encode(Writer& out, const Id<Tag>& value)
{
    encode(out, value.uuid);
}

template <class T>
void encode(Writer& out, const std::vector<T>& values)
{
    out.array(values.size());
    for (const auto& value : values) encode(out, value);
}

// One entry of a map; an optional that is not given leaves none.
template <class T>
void entry(Writer& out, std::string_view name, const T& value)
{
    out.text(name);
    encode(out, value);
}

template <class T>
void entry(Writer& out, std::string_view name, const std::optional<T>& value)
{
    if (value) entry(out, name, *value);
}

// How many of the optionals are given: what they add to the announced size of their map.
template <class... T>
[[nodiscard]] std::size_t count_given(const std::optional<T>&... values)
{
    return (std::size_t{0} + ... + (values ? 1U : 0U));
}

}  // namespace gonghui::codec
