#include "schemas/json/from_json.hpp"

#include "common/bytes/base64.hpp"
#include "common/codec/writer.hpp"
#include "common/text/utf8.hpp"
#include "common/time/clock.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace gonghui::schemas {

namespace {

constexpr std::size_t most_errors = 100;
constexpr std::size_t deepest = 32;  // as the codec's limit

// Where a value's bytes stand in the buffer.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;  // 0: not given
};

// A record, an array or a map of texts that is open.
struct Frame {
    const Type* type = nullptr;
    std::size_t begin = 0;    // of its bytes
    std::size_t count = 0;    // elements or entries so far
    std::size_t fields = 0;   // of a record: where its spans begin
    std::size_t field = 0;    // of a record: the one whose value comes next
    std::string_view name{};  // of that field, for the path
};

// Takes the events of a JSON parser. A value that is wrong, or that nobody knows, is passed over, so that one look
// finds all mistakes.
class Converter {
public:
    Converter(const Message& message, const Uuid& self) : message_(message), self_(self)
    {
        frames_.reserve(8);
        spans_.reserve(32);
        out_.reserve(256);
    }

    // --- what a SAX parser of nlohmann-json calls
    using number_integer_t = std::int64_t;
    using number_unsigned_t = std::uint64_t;
    using number_float_t = double;
    using string_t = std::string;
    using binary_t = nlohmann::json::binary_t;

    bool null()
    {
        // Like a field that is not given.
        if (passing_over_ == 0 && !frames_.empty() && frames_.back().type->shape == Shape::record) return true;
        return scalar([&](const Type&) { fail("wrong_type"); });
    }
    bool boolean(bool value)
    {
        return scalar([&](const Type& type) {
            if (type.shape != Shape::boolean) return fail("wrong_type");
            one_.boolean(value);
        });
    }
    bool number_integer(number_integer_t value)
    {
        return scalar([&](const Type& type) { write_integer(type, value); });
    }
    bool number_unsigned(number_unsigned_t value)
    {
        return scalar([&](const Type& type) {
            if (value > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) return fail("out_of_range");
            write_integer(type, static_cast<std::int64_t>(value));
        });
    }
    bool number_float(number_float_t, const string_t&)
    {
        return scalar([&](const Type&) { fail("wrong_type"); });
    }
    bool binary(binary_t&) { return false; }
    bool string(string_t& value)
    {
        return scalar([&](const Type& type) { write_text(type, value); });
    }

    bool start_object(std::size_t)
    {
        const auto* type = expected();
        if (type == nullptr || (type->shape != Shape::record && type->shape != Shape::parameters)) return pass_over();
        return open(*type);
    }
    bool key(string_t& name)
    {
        if (passing_over_ > 0) return true;
        auto& frame = frames_.back();
        if (frame.type->shape == Shape::parameters) {
            one_.clear();
            one_.text(name);
            append();
            return true;
        }
        const auto& fields = frame.type->fields;
        const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
        frame.field = static_cast<std::size_t>(found - fields.begin());
        frame.name = found == fields.end() ? std::string_view{} : found->name;
        if (found == fields.end()) {
            unknown_ = name.substr(0, 64);
            fail("unknown_field");
        } else if (spans_[frame.fields + frame.field].end != 0) {
            fail("given_twice");
        }
        return true;
    }
    bool end_object() { return close(); }
    bool start_array(std::size_t)
    {
        const auto* type = expected();
        if (type == nullptr || type->shape != Shape::array) return pass_over();
        return open(*type);
    }
    bool end_array() { return close(); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&)
    {
        errors_.assign(1, {"", "not_json", position});  // what was found before it may be of its making
        return false;
    }

    // --- what the query of an address calls
    void begin() { open(*message_.data); }
    void take(std::string_view name, std::string_view text)
    {
        auto key_text = std::string(name);
        auto& frame = frames_.back();
        const auto& fields = frame.type->fields;
        const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
        if (found != fields.end() && found->type->shape == Shape::array) return take_element(*found, text);
        if (!key(key_text)) return;
        scalar([&](const Type& type) { write_query_value(type, text); });
    }
    void end()
    {
        for (auto& [field, array] : arrays_) close_array_of_query(*field, array);
        close();
    }

    Reading result()
    {
        if (errors_.empty() && (!frames_.empty() || out_.empty())) errors_.push_back({"", "not_json"});
        if (!errors_.empty()) return tl::make_unexpected(std::move(errors_));
        return MessageInput{std::move(out_), key_};
    }

private:
    struct QueryArray {
        Bytes bytes;
        std::size_t count = 0;
    };

    void fail(std::string_view code)
    {
        failed_ = true;
        if (errors_.size() < most_errors) errors_.push_back({path(), std::string(code)});
    }

    [[nodiscard]] std::string path() const
    {
        std::string path;
        for (const auto& frame : frames_) {
            if (frame.type->shape == Shape::parameters) continue;
            if (!path.empty()) path += '.';
            if (frame.type->shape == Shape::array)
                path += std::to_string(frame.count);
            else
                path += frame.name.empty() ? std::string_view(unknown_) : frame.name;
        }
        return path;
    }

    // What the value that comes is to be; null: nobody knows it.
    const Type* expected()
    {
        if (passing_over_ > 0) return nullptr;
        if (frames_.empty()) return message_.data;
        const auto& frame = frames_.back();
        switch (frame.type->shape) {
            case Shape::array:
                return frame.type->item;
            case Shape::record:
                return frame.field < frame.type->fields.size() ? frame.type->fields[frame.field].type : nullptr;
            default:
                return &any_text;
        }
    }

    // An object or an array where none belongs, with everything in it.
    bool pass_over()
    {
        const bool is_known = passing_over_ == 0 && (frames_.empty() || expected() != nullptr);
        if (is_known) {
            fail("wrong_type");
            if (!frames_.empty() && frames_.back().type->shape == Shape::record)
                spans_[frames_.back().fields + frames_.back().field] = {wrong, 0};
        }
        ++passing_over_;
        return passing_over_ + frames_.size() < deepest;
    }

    bool open(const Type& type)
    {
        if (frames_.size() >= deepest) return false;
        Frame frame{&type, out_.size(), 0, spans_.size()};
        if (type.shape == Shape::record) spans_.resize(spans_.size() + type.fields.size());
        frames_.push_back(frame);
        return true;
    }

    bool close()
    {
        if (passing_over_ > 0) {
            --passing_over_;
            if (passing_over_ == 0) count_up();
            return true;
        }
        auto& frame = frames_.back();
        const auto& type = *frame.type;
        if (type.shape == Shape::record) {
            close_record(frame);
        } else {
            frame.name = {};
            one_.clear();
            type.shape == Shape::array ? one_.array(frame.count) : one_.map(frame.count);
            out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(frame.begin), one_.view().begin(),
                        one_.view().end());
        }
        const auto begin = frame.begin;
        const auto count = static_cast<std::int64_t>(frame.count);
        spans_.resize(frame.fields);
        frames_.pop_back();
        if (type.shape != Shape::record) is_within(type, count);
        placed(begin);
        return true;
    }

    void close_record(Frame& frame)
    {
        const auto& fields = frame.type->fields;
        if (frames_.size() == 1) stand_in(frame);
        std::size_t given = 0;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            frame.name = fields[i].name;
            if (spans_[frame.fields + i].end != 0)
                ++given;
            else if (fields[i].is_required && !is_wrong(frame, i))
                fail("missing");
        }
        frame.name = {};
        one_.clear();
        one_.map(given);
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const auto& span = spans_[frame.fields + i];
            if (span.end == 0) continue;
            one_.text(fields[i].name);
            one_.raw(BytesView(out_).subspan(span.begin, span.end - span.begin));
        }
        out_.resize(frame.begin);
        append();
    }

    // A field that was given and could not be read has been named already.
    [[nodiscard]] bool is_wrong(const Frame& frame, std::size_t field) const
    {
        return spans_[frame.fields + field].begin == wrong;
    }

    void stand_in(Frame& frame)
    {
        if (self_.is_nil()) return;
        const auto& fields = frame.type->fields;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            auto& span = spans_[frame.fields + i];
            if (fields[i].name != "person_id" || span.end != 0 || fields[i].type->shape != Shape::uuid) continue;
            one_.clear();
            one_.binary(self_.view());
            span.begin = out_.size();
            append();
            span.end = out_.size();
        }
    }

    template <class Write>
    bool scalar(Write write)
    {
        const auto* type = expected();
        if (type == nullptr) {
            if (passing_over_ == 0) count_up();
            return true;
        }
        failed_ = false;
        one_.clear();
        write(*type);
        const auto begin = out_.size();
        if (!failed_) append();
        placed(begin);
        return true;
    }

    // A value stands from `begin` to the end; or is wrong and stands nowhere.
    void placed(std::size_t begin)
    {
        if (frames_.empty()) return;
        auto& frame = frames_.back();
        if (frame.type->shape == Shape::record) {
            auto& span = spans_[frame.fields + frame.field];
            if (out_.size() > begin)
                span = {begin, out_.size()};
            else
                span = {wrong, 0};
            if (frames_.size() == 1 && frame.name == message_.key && out_.size() == begin + 18)
                key_ = Uuid::from_bytes(BytesView(out_).subspan(begin + 2));
        }
        count_up();
    }

    void count_up()
    {
        if (!frames_.empty()) ++frames_.back().count;
    }

    void append() { out_.insert(out_.end(), one_.view().begin(), one_.view().end()); }

    bool is_within(const Type& type, std::int64_t measure)
    {
        if (type.minimum && measure < *type.minimum) {
            fail(type.shape == Shape::integer ? "out_of_range" : "too_short");
            return false;
        }
        if (type.maximum && measure > *type.maximum) {
            fail(type.shape == Shape::integer ? "out_of_range" : "too_long");
            return false;
        }
        return true;
    }

    void write_integer(const Type& type, std::int64_t value)
    {
        if (type.shape != Shape::integer) return fail("wrong_type");
        if (is_within(type, value)) one_.integer(value);
    }

    void write_text(const Type& type, std::string_view text)
    {
        switch (type.shape) {
            case Shape::text:
            case Shape::personal:
                if (is_within(type, static_cast<std::int64_t>(code_points(text)))) one_.text(text);
                return;
            case Shape::uuid:
                if (const auto uuid = Uuid::parse(text)) return one_.binary(uuid->view());
                return fail("wrong_type");
            case Shape::time:
                if (const auto time = parse_time(text)) return one_.integer(to_microseconds(*time));
                return fail("wrong_type");
            case Shape::date:
                if (parse_date(text)) return one_.text(text);
                return fail("wrong_type");
            case Shape::binary:
                if (const auto bytes = from_base64(text)) {
                    if (is_within(type, static_cast<std::int64_t>(bytes->size()))) one_.binary(*bytes);
                    return;
                }
                return fail("wrong_type");
            case Shape::choice:
                if (std::find(type.choices.begin(), type.choices.end(), text) == type.choices.end())
                    return fail("unknown_value");
                return one_.text(text);
            default:
                return fail("wrong_type");
        }
    }

    void write_query_value(const Type& type, std::string_view text)
    {
        if (type.shape == Shape::boolean) {
            if (text != "true" && text != "false") return fail("wrong_type");
            return one_.boolean(text == "true");
        }
        if (type.shape == Shape::integer) {
            std::int64_t value = 0;
            const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
            if (read.ec == std::errc::result_out_of_range) return fail("out_of_range");
            if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return fail("wrong_type");
            return write_integer(type, value);
        }
        write_text(type, text);
    }

    void take_element(const Field& field, std::string_view text)
    {
        auto& frame = frames_.back();
        frame.name = field.name;
        auto found = std::find_if(arrays_.begin(), arrays_.end(), [&](const auto& one) { return one.first == &field; });
        if (found == arrays_.end()) found = arrays_.insert(arrays_.end(), {&field, {}});
        one_.clear();
        write_query_value(*field.type->item, text);
        ++found->second.count;
        found->second.bytes.insert(found->second.bytes.end(), one_.view().begin(), one_.view().end());
    }

    void close_array_of_query(const Field& field, const QueryArray& array)
    {
        auto& frame = frames_.back();
        frame.field = static_cast<std::size_t>(&field - frame.type->fields.data());
        frame.name = field.name;
        is_within(*field.type, static_cast<std::int64_t>(array.count));
        one_.clear();
        one_.array(array.count);
        const auto begin = out_.size();
        append();
        out_.insert(out_.end(), array.bytes.begin(), array.bytes.end());
        placed(begin);
    }

    static constexpr std::size_t wrong = std::numeric_limits<std::size_t>::max();
    static constexpr Type any_text{.shape = Shape::text};

    const Message& message_;
    const Uuid self_;
    std::vector<Frame> frames_;
    std::vector<Span> spans_;  // of the fields of all open records
    std::vector<std::pair<const Field*, QueryArray>> arrays_;
    std::size_t passing_over_ = 0;  // levels of what nobody knows
    codec::Writer one_;             // one value
    Bytes out_;
    std::optional<Uuid> key_;
    std::string unknown_;  // the name of a field that nobody knows
    bool failed_ = false;
    std::vector<InputError> errors_;
};

int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high << 4 | low);
            i += 2;
        }
    }
    if (!is_utf8(out)) return std::nullopt;
    return out;
}

Reading from_json(const Message& message, std::string_view json, const Uuid& self)
{
    Converter converter(message, self);
    nlohmann::json::sax_parse(json, &converter);
    return converter.result();
}

Reading from_query(const Message& message, std::string_view query, const Uuid& self)
{
    Converter converter(message, self);
    converter.begin();
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        if (pair.empty()) continue;
        const auto equals = std::min(pair.find('='), pair.size());
        const auto name = percent_decoded(pair.substr(0, equals));
        const auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value) return tl::make_unexpected(std::vector<InputError>{{"", "wrong_type"}});
        converter.take(*name, *value);
    }
    converter.end();
    return converter.result();
}

}  // namespace gonghui::schemas
