#pragma once
// What generated decoders stand on: they fill a struct from a map and name every field that is missing or of the wrong
// kind. Unknown fields are passed over (a newer sender).

#include "common/codec/value.hpp"
#include "common/ids/id.hpp"
#include "common/sealing/sealed.hpp"
#include "common/time/clock.hpp"

#include <array>
#include <chrono>
#include <limits>
#include <map>
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

// Collects errors under the path of the field being read. Names that were entered must live until they are left; the
// path becomes a string only when an error is added, so that a message without errors allocates nothing here. Keeps the
// first hundred errors.
class Errors {
public:
    void add(std::string_view code);
    void enter(std::string_view name) { enter(Step{name, 0}); }
    void enter(std::size_t index) { enter(Step{{}, index}); }
    void leave() { --depth_; }
    [[nodiscard]] bool empty() const { return errors_.empty(); }
    [[nodiscard]] const std::vector<FieldError>& list() const { return errors_; }

private:
    struct Step {
        std::string_view name;  // empty: an index
        std::size_t index = 0;
    };

    void enter(Step step)
    {
        if (depth_ < path_.size()) path_[depth_] = step;
        ++depth_;
    }

    // A parsed value is never deeper than the limit, and a decoder enters once for each level.
    std::array<Step, Limits::depth> path_{};
    std::size_t depth_ = 0;
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
void decode(Value value, std::chrono::year_month_day& out, Errors& errors);
void decode(Value value, std::map<std::string, std::string>& out, Errors& errors);

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

// What a schema bounds, checked before the field is decoded, so that nothing is allocated for what will be refused.
// Each adds the code of what it finds and says whether the value may be decoded; it lets a value of another kind pass,
// which the decoder then names. Both bounds are inclusive.
struct Range {  // minimum, maximum: of an integer
    std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
    std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
};
struct Length {  // minLength, maxLength: code points of a text, bytes of a binary
    std::size_t minimum = 0;
    std::size_t maximum = Limits::text_bytes;
};
struct Count {  // minItems, maxItems: of an array; minProperties, maxProperties: of a map
    std::size_t minimum = 0;
    std::size_t maximum = Limits::entries;
};
template <class Bound>
struct Each {  // of the elements of an array
    Bound bound;
};
template <class Bound>
Each(Bound) -> Each<Bound>;

bool within(Value value, Range bound, Errors& errors);
bool within(Value value, Length bound, Errors& errors);
bool within(Value value, Count bound, Errors& errors);

template <class Bound>
bool within(Value value, const Each<Bound>& each, Errors& errors)
{
    if (value.kind() != Kind::array) return true;
    bool all = true;
    for (std::size_t i = 0; i < value.size(); ++i) {
        errors.enter(i);
        all = within(value.element(i), each.bound, errors) && all;
        errors.leave();
    }
    return all;
}

template <class T, class... Bounds>
void field(Value map, std::string_view name, T& out, Errors& errors, const Bounds&... bounds)
{
    errors.enter(name);
    if (const auto value = map.find(name); !value)
        errors.add("missing");
    else if ((within(*value, bounds, errors) && ...))
        decode(*value, out, errors);
    errors.leave();
}

// Absent and nil both mean: not given.
template <class T, class... Bounds>
void field(Value map, std::string_view name, std::optional<T>& out, Errors& errors, const Bounds&... bounds)
{
    out.reset();
    const auto value = map.find(name);
    if (!value || value->kind() == Kind::nil) return;
    errors.enter(name);
    if ((within(*value, bounds, errors) && ...)) decode(*value, out.emplace(), errors);
    errors.leave();
}

}  // namespace gonghui::codec
