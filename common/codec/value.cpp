#include "common/codec/value.hpp"

#include "common/text/utf8.hpp"

#include <msgpack.hpp>

#include <limits>

namespace gonghui::codec {
namespace {

const msgpack::object& object_of(const void* pointer)
{
    return *static_cast<const msgpack::object*>(pointer);
}

const msgpack::object nil_object;

// Small messages never leave the first chunk, so that parsing them allocates no tree.
constexpr std::size_t zone_chunk = 64U << 10;

std::string_view raw_text(const msgpack::object& object)
{
    return {object.via.str.ptr, object.via.str.size};
}

// Texts and binaries stay in the caller's bytes: the parsed tree points into them.
bool stays_in_input(msgpack::type::object_type, std::size_t, void*)
{
    return true;
}

const msgpack::unpack_limit& limits()
{
    static const msgpack::unpack_limit limit(Limits::entries, Limits::entries, Limits::text_bytes, Limits::binary_bytes,
                                             Limits::text_bytes, Limits::depth);
    return limit;
}

}  // namespace

Value::Value() : object_(&nil_object) {}

Kind Value::kind() const
{
    switch (object_of(object_).type) {
        case msgpack::type::NIL:
            return Kind::nil;
        case msgpack::type::BOOLEAN:
            return Kind::boolean;
        case msgpack::type::POSITIVE_INTEGER:
        case msgpack::type::NEGATIVE_INTEGER:
            return Kind::integer;
        case msgpack::type::STR:
            return Kind::text;
        case msgpack::type::BIN:
            return Kind::binary;
        case msgpack::type::ARRAY:
            return Kind::array;
        case msgpack::type::MAP:
            return Kind::map;
        case msgpack::type::FLOAT32:
        case msgpack::type::FLOAT64:
        case msgpack::type::EXT:
            return Kind::other;
    }
    return Kind::other;
}

std::optional<bool> Value::boolean() const
{
    const auto& object = object_of(object_);
    if (object.type != msgpack::type::BOOLEAN) return std::nullopt;
    return object.via.boolean;
}

std::optional<std::int64_t> Value::integer() const
{
    const auto& object = object_of(object_);
    if (object.type == msgpack::type::NEGATIVE_INTEGER) return object.via.i64;
    if (object.type != msgpack::type::POSITIVE_INTEGER) return std::nullopt;
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (object.via.u64 > largest) return std::nullopt;
    return static_cast<std::int64_t>(object.via.u64);
}

std::optional<std::string_view> Value::text() const
{
    const auto& object = object_of(object_);
    if (object.type != msgpack::type::STR || !is_utf8(raw_text(object))) return std::nullopt;
    return raw_text(object);
}

std::optional<BytesView> Value::binary() const
{
    const auto& object = object_of(object_);
    if (object.type != msgpack::type::BIN) return std::nullopt;
    return as_bytes({object.via.bin.ptr, object.via.bin.size});
}

std::size_t Value::size() const
{
    const auto& object = object_of(object_);
    if (object.type == msgpack::type::ARRAY) return object.via.array.size;
    if (object.type == msgpack::type::MAP) return object.via.map.size;
    return 0;
}

Value Value::element(std::size_t i) const
{
    return Value(object_of(object_).via.array.ptr + i);
}

Value Value::key(std::size_t i) const
{
    return Value(&object_of(object_).via.map.ptr[i].key);
}

Value Value::mapped(std::size_t i) const
{
    return Value(&object_of(object_).via.map.ptr[i].val);
}

std::optional<Value> Value::find(std::string_view key) const
{
    const auto& object = object_of(object_);
    if (object.type != msgpack::type::MAP) return std::nullopt;
    for (std::uint32_t i = 0; i < object.via.map.size; ++i) {
        const auto& entry = object.via.map.ptr[i];
        if (entry.key.type == msgpack::type::STR && raw_text(entry.key) == key) return Value(&entry.val);
    }
    return std::nullopt;
}

struct Parser::Memory {
    msgpack::zone zone{zone_chunk};
    msgpack::object root;
};

Parser::Parser() : memory_(std::make_unique<Memory>()) {}
Parser::~Parser() = default;
Parser::Parser(Parser&&) noexcept = default;
Parser& Parser::operator=(Parser&&) noexcept = default;

tl::expected<Value, std::string> Parser::parse(BytesView bytes)
{
    if (bytes.empty()) return tl::make_unexpected("there is no MessagePack value: zero bytes");
    auto& [zone, root] = *memory_;
    zone.clear();
    try {
        std::size_t end = 0;
        bool referenced = false;
        root = msgpack::unpack(zone, as_text(bytes).data(), bytes.size(), end, referenced, stays_in_input, nullptr,
                               limits());
        if (end != bytes.size())
            return tl::make_unexpected(std::to_string(bytes.size() - end) + " bytes follow the MessagePack value");
        return Value(&root);
    } catch (const msgpack::depth_size_overflow&) {
        return tl::make_unexpected("nested deeper than " + std::to_string(Limits::depth) + " levels");
    } catch (const msgpack::array_size_overflow&) {
        return tl::make_unexpected("an array of more than " + std::to_string(Limits::entries) + " elements");
    } catch (const msgpack::map_size_overflow&) {
        return tl::make_unexpected("a map of more than " + std::to_string(Limits::entries) + " entries");
    } catch (const msgpack::size_overflow&) {
        return tl::make_unexpected("a text or binary of more than " + std::to_string(Limits::text_bytes) + " bytes");
    } catch (const msgpack::insufficient_bytes&) {
        return tl::make_unexpected("the MessagePack value is cut off after " + std::to_string(bytes.size()) + " bytes");
    } catch (const msgpack::unpack_error&) {
        return tl::make_unexpected("the bytes are not MessagePack");
    }
}

}  // namespace gonghui::codec
