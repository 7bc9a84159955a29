#pragma once
// Structured logging: a record is a level, a message that is a literal, and fields. One JSON object a line on stderr:
//
//     log::info("partition_opened", {{"source", source.text()}, {"head", 12}});
//     {"time":"2026-03-01T12:00:00.000000Z","level":"info","service":"gonghui-training","message":"partition_opened",
//      "source":"331083/training/0","head":12}
//
// The message is a literal so that records can be counted and so that nothing personal slips into it; fields never hold
// personal data unmasked. Do not name a field time, level, service or message. Thread-safe; a record is one write.
// Text that is no UTF-8 is written with U+FFFD in place of what is broken: a line is always valid JSON.

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace gonghui::process::log {

enum class Level : std::uint8_t { debug, info, warning, error };
// journal: JSON behind a syslog priority, "<4>{...", without the time that the journal adds itself.
enum class Format : std::uint8_t { json, text, journal };

// A value of a field; views live only as long as the call.
class Value {
public:
    template <std::integral Integer>
    Value(Integer value) : value_(static_cast<std::int64_t>(value))  // NOLINT(google-explicit-constructor)
    {
    }
    Value(bool value) : value_(value) {}                                  // NOLINT(google-explicit-constructor)
    Value(double value) : value_(value) {}                                // NOLINT(google-explicit-constructor)
    Value(std::string_view value) : value_(value) {}                      // NOLINT(google-explicit-constructor)
    Value(const std::string& value) : value_(std::string_view(value)) {}  // NOLINT(google-explicit-constructor)
    Value(const char* value) : value_(std::string_view(value)) {}         // NOLINT(google-explicit-constructor)

    [[nodiscard]] const auto& variant() const { return value_; }

private:
    std::variant<std::int64_t, double, bool, std::string_view> value_;
};

struct Field {
    std::string_view name;
    Value value;
};
using Fields = std::initializer_list<Field>;

// A text known when compiling.
class Literal {
public:
    template <std::size_t Size>
    consteval Literal(const char (&text)[Size]) : text_(text, Size - 1)  // NOLINT(google-explicit-constructor)
    {
    }
    [[nodiscard]] constexpr std::string_view view() const { return text_; }

private:
    std::string_view text_;
};

void debug(Literal message, Fields fields = {});
void info(Literal message, Fields fields = {});
void warning(Literal message, Fields fields = {});
void error(Literal message, Fields fields = {});

struct Settings {
    std::string service;  // stands in every record
    Level level = Level::info;
    Format format = Format::json;
};

// Before the first other thread; until then records go out as JSON with an empty service.
void set_up(const Settings& settings);
// At any time, from any thread.
void set_level(Level level);

// The words are "debug", "info", "warning" and "error"; another one is std::invalid_argument.
Level parse_level(std::string_view word);

// One record without its line end, as `format` has it.
std::string format_record(Format format, std::string_view time, Level level, std::string_view service,
                          std::string_view message, Fields fields);

}  // namespace gonghui::process::log
