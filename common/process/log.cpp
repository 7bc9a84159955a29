#include "common/process/log.hpp"

#include "common/text/quotes.hpp"
#include "common/time/clock.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <stdexcept>

namespace gonghui::process::log {

namespace {

// A process has one stderr, so it has one log: the only state of the house that is not handed from hand to hand.
struct State {
    State() : logger("gonghui", std::make_shared<spdlog::sinks::stderr_sink_mt>())
    {
        logger.set_formatter(
            std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc, std::string("\n")));
        logger.set_level(spdlog::level::info);
    }
    spdlog::logger logger;
    Settings settings;
};

State& state()
{
    static State the_state;
    return the_state;
}

spdlog::level::level_enum spdlog_level(Level level)
{
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warning:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
    }
    throw std::logic_error("no such level");
}

std::string_view word_of(Level level)
{
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warning:
            return "warning";
        case Level::error:
            return "error";
    }
    throw std::logic_error("no such level");
}

// Of syslog(3), as sd-daemon(3) has it before a line.
std::string priority_of(Level level)
{
    switch (level) {
        case Level::debug:
            return "<7>";
        case Level::info:
            return "<6>";
        case Level::warning:
            return "<4>";
        case Level::error:
            return "<3>";
    }
    throw std::logic_error("no such level");
}

void write(Level level, Literal message, Fields fields)
{
    State& log = state();
    if (!log.logger.should_log(spdlog_level(level))) return;
    const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    const std::string line =
        format_record(log.settings.format, to_string(now), level, log.settings.service, message.view(), fields);
    // As an argument and never as the format: a brace in a field must stay a brace.
    log.logger.log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

// What JSON cannot say (infinities, NaN) becomes null.
void append_number(std::string& out, double value)
{
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    std::array<char, 32> buffer{};
    const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    out.append(buffer.data(), written.ptr);
}

struct AppendJson {
    std::string& out;
    void operator()(std::int64_t value) const { out += std::to_string(value); }
    void operator()(double value) const { append_number(out, value); }
    void operator()(bool value) const { out += value ? "true" : "false"; }
    void operator()(std::string_view value) const { append_in_quotes(out, value); }
};

// Plain words stay as they are; everything else is quoted as in JSON, so that no field can break or colour the line.
struct AppendPlain {
    std::string& out;
    void operator()(const auto& value) const { AppendJson{out}(value); }
    void operator()(std::string_view value) const
    {
        const bool is_plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char character) {
            return character > ' ' && character < '\x7F' && character != '"' && character != '\\';
        });
        if (is_plain)
            out += value;
        else
            append_in_quotes(out, value);
    }
};

// Without a time when it is empty.
std::string json_record(std::string_view time, Level level, std::string_view service, std::string_view message,
                        Fields fields)
{
    std::string out;
    out.reserve(160);
    const auto add = [&](std::string_view name, const Value& value) {
        out += out.empty() ? '{' : ',';
        append_in_quotes(out, name);
        out += ':';
        std::visit(AppendJson{out}, value.variant());
    };
    if (!time.empty()) add("time", time);
    add("level", word_of(level));
    add("service", service);
    add("message", message);
    for (const Field& field : fields) add(field.name, field.value);
    out += '}';
    return out;
}

std::string text_record(std::string_view time, Level level, std::string_view service, std::string_view message,
                        Fields fields)
{
    constexpr std::size_t widest_level = 7;
    std::string out(time);
    out += ' ';
    out += word_of(level);
    out.append(widest_level - word_of(level).size() + 1, ' ');
    out += service;
    out += ' ';
    out += message;
    for (const Field& field : fields) {
        out += ' ';
        out += field.name;
        out += '=';
        std::visit(AppendPlain{out}, field.value.variant());
    }
    return out;
}

}  // namespace

void debug(Literal message, Fields fields)
{
    write(Level::debug, message, fields);
}

void info(Literal message, Fields fields)
{
    write(Level::info, message, fields);
}

void warning(Literal message, Fields fields)
{
    write(Level::warning, message, fields);
}

void error(Literal message, Fields fields)
{
    write(Level::error, message, fields);
}

void set_up(const Settings& settings)
{
    state().settings = settings;
    set_level(settings.level);
}

void set_level(Level level)
{
    state().logger.set_level(spdlog_level(level));
}

Level parse_level(std::string_view word)
{
    for (const Level level : {Level::debug, Level::info, Level::warning, Level::error})
        if (word == word_of(level)) return level;
    throw std::invalid_argument("no such log level: " + std::string(word));
}

std::string format_record(Format format, std::string_view time, Level level, std::string_view service,
                          std::string_view message, Fields fields)
{
    switch (format) {
        case Format::json:
            return json_record(time, level, service, message, fields);
        case Format::text:
            return text_record(time, level, service, message, fields);
        case Format::journal:
            return priority_of(level) + json_record({}, level, service, message, fields);
    }
    throw std::logic_error("no such log format");
}

}  // namespace gonghui::process::log
