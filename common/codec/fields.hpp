#pragma once
// What generated decoders stand on: they fill a struct from a map and name every field that is missing or of the wrong
// kind. Unknown fields are passed over (a newer sender).

#include "common/codec/value.hpp"
#include "common/ids/id.hpp"
#include "common/sealing/sealed.hpp"
#include "common/time/clock.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::codec {

// `path` is dotted ("rows.3.phone"); `code` is one of missing, wrong_type, out_of_range, unknown_value, too_long,
// too_short, no_map. Holds no value of the field: it may be personal.
struct FieldError {
    std::string path;
    std::string_view code;
    friend bool operator==(const FieldError&, const FieldError&) = default;
};

// Collects errors under the path of the field being read.
class Errors {
public:
    void add(std::string_view code);
    void enter(std::string_view name);
    void enter(std::size_t index);
    void leave();
    [[nodiscard]] bool empty() const { return errors_.empty(); }
    [[nodiscard]] const std::vector<FieldError>& list() const { return errors_; }

private:
    std::vector<std::string> path_;
    std::vector<FieldError> errors_;
};

void decode(Value value, bool& out, Errors& errors);
void decode(Value value, std::int64_t& out, Errors& errors);
void decode(Value value, std::string& out, Errors& errors);
void decode(Value value, Uuid& out, Errors& errors);
void decode(Value value, UtcTime& out, Errors& errors);
void decode(Value value, Bytes& out, Errors& errors);
void decode(Value value, Sealed& out, Errors& errors);
void decode(Value value, Personal& out, Errors& errors);

template <class Tag>
void decode(Value value, Id<Tag>& out, Errors& errors)
{
    decode(value, out.uuid, errors);
}

template <class T>
void decode(Value value, std::vector<T>& out, Errors& errors)
{
    if (value.kind() != Kind::array) return errors.add("wrong_type");
    out.resize(value.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        errors.enter(i);
        decode(value.element(i), out[i], errors);
        errors.leave();
    }
}

template <class T>
void field(Value map, std::string_view name, T& out, Errors& errors)
{
    errors.enter(name);
    if (const auto value = map.find(name))
        decode(*value, out, errors);
    else
        errors.add("missing");
    errors.leave();
}

// Absent and nil both mean: not given.
template <class T>
void field(Value map, std::string_view name, std::optional<T>& out, Errors& errors)
{
    out.reset();
    const auto value = map.find(name);
    if (!value || value->kind() == Kind::nil) return;
    errors.enter(name);
    decode(*value, out.emplace(), errors);
    errors.leave();
}

}  // namespace gonghui::codec
