#include "services/hub/domain/request_head.hpp"

#include "common/codec/scan.hpp"

namespace gonghui::hub {

namespace {

bool read_uuid(codec::Scan& scan, std::optional<Uuid>& into)
{
    if (scan.nil()) return true;
    const auto bytes = scan.binary();
    const auto uuid = bytes ? Uuid::from_bytes(*bytes) : std::nullopt;
    if (uuid && !into) into = uuid;
    return uuid.has_value();
}

bool read_number(codec::Scan& scan, std::optional<std::int64_t>& into)
{
    if (scan.nil()) return true;
    const auto number = scan.integer();
    if (number && !into) into = number;
    return number.has_value();
}

bool read_type(codec::Scan& scan, std::string_view& into)
{
    const auto text = scan.text();
    if (text && into.empty()) into = *text;
    return text.has_value();
}

struct Attributes {
    std::optional<Uuid> id;
    std::optional<Uuid> key;
    std::optional<std::int64_t> partition;
    std::optional<std::int64_t> deadline;
    std::string_view type;
    bool asserts_actor = false;
};

bool read_attribute(codec::Scan& scan, Attributes& into)
{
    const auto name = scan.text();
    if (!name) return false;
    if (*name == "id") return read_uuid(scan, into.id);
    if (*name == "type") return read_type(scan, into.type);
    if (*name == "key") return read_uuid(scan, into.key);
    if (*name == "partition") return read_number(scan, into.partition);
    if (*name == "deadline") return read_number(scan, into.deadline);
    if (*name == "actor") {
        if (scan.nil()) return true;
        into.asserts_actor = true;
    }
    return scan.value().has_value();
}

}  // namespace

std::string_view RequestHead::service() const
{
    const auto dot = type.find('.');
    return dot == std::string_view::npos ? std::string_view{} : type.substr(0, dot);
}

std::optional<RequestHead> read_head(BytesView request)
{
    codec::Scan scan(request);
    const auto entries = scan.map();
    if (!entries) return std::nullopt;
    Attributes read;
    for (std::size_t i = 0; i < *entries; ++i)
        if (!read_attribute(scan, read)) return std::nullopt;
    if (!scan.at_end() || !read.id || read.type.empty()) return std::nullopt;
    RequestHead head;
    head.id = *read.id;
    head.type = read.type;
    head.key = read.key;
    head.partition = read.partition;
    if (read.deadline) head.deadline = from_microseconds(*read.deadline);
    head.asserts_actor = read.asserts_actor;
    return head;
}

}  // namespace gonghui::hub
