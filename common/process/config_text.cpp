#include "common/process/config_text.hpp"

#include "common/process/config_texts.hpp"
#include "common/text/nearest.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace gonghui::process {

namespace {

struct Unit {
    std::string_view suffix;
    std::int64_t milliseconds;
};

// "ms" before "s" and "m", which end alike.
constexpr std::array units{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000},
                           Unit{"d", 86'400'000}};

// The key's name with each `*` replaced by what stands there in `name`.
std::string filled(std::string_view key_name, std::string_view name)
{
    const auto given = segments_of(name);
    std::string out;
    std::size_t index = 0;
    for (const auto segment : segments_of(key_name)) {
        if (!out.empty()) out += '.';
        out += segment == "*" && index < given.size() ? given[index] : segment;
        ++index;
    }
    return out;
}

void append_padded(std::string& out, std::string_view text, std::size_t width)
{
    out += text;
    out.append(width > text.size() ? width - text.size() : 1, ' ');
}

std::string_view noun_of(Type type)
{
    switch (type) {
        case Type::text:
            return "text";
        case Type::integer:
            return "integer";
        case Type::boolean:
            return "boolean";
        case Type::duration:
            return "duration";
        case Type::list:
            return "list of texts, with commas in the environment";
    }
    return "";
}

std::string fallback_note(const Key& key)
{
    if (!key.fallback) return ", required";
    if (key.fallback->empty()) return ", empty by default";
    return ", default " + std::string(*key.fallback);
}

std::string limits_note(const Key& key)
{
    std::string note;
    if (key.least != std::numeric_limits<std::int64_t>::min()) note += ", at least " + std::to_string(key.least);
    if (key.most != std::numeric_limits<std::int64_t>::max()) note += ", at most " + std::to_string(key.most);
    if (key.form.fits != nullptr) note += ": " + std::string(key.form.must_be.en);
    for (const auto choice : key.choices) note += (choice == key.choices.front() ? ": " : " | ") + std::string(choice);
    return note;
}

}  // namespace

const Text& word_of(Type type)
{
    switch (type) {
        case Type::text:
            break;
        case Type::integer:
            return text::an_integer;
        case Type::boolean:
            return text::a_boolean;
        case Type::duration:
            return text::a_duration;
        case Type::list:
            return text::a_list;
    }
    return text::a_text;
}

std::string variable_of(std::string_view name)
{
    std::string variable = "GONGHUI_";
    for (const char character : name)
        variable += std::isalnum(static_cast<unsigned char>(character)) != 0
                        ? static_cast<char>(std::toupper(static_cast<unsigned char>(character)))
                        : '_';
    return variable;
}

std::vector<std::string_view> segments_of(std::string_view name)
{
    std::vector<std::string_view> segments;
    for (;;) {
        const auto dot = name.find('.');
        segments.push_back(name.substr(0, dot));
        if (dot == std::string_view::npos) return segments;
        name.remove_prefix(dot + 1);
    }
}

bool matches(std::string_view key_name, std::string_view name)
{
    const auto pattern = segments_of(key_name);
    const auto given = segments_of(name);
    return std::equal(pattern.begin(), pattern.end(), given.begin(), given.end(),
                      [](std::string_view wanted, std::string_view segment) {
                          return wanted == "*" ? !segment.empty() : wanted == segment;
                      });
}

std::string nearest(const Keys& keys, std::string_view name)
{
    std::vector<std::string> candidates;
    candidates.reserve(keys.size());
    for (const Key& key : keys) {
        candidates.push_back(filled(key.name, name));
        // Somebody who writes `publish` for `bind.publish` knew the word and forgot the table.
        if (candidates.back().ends_with('.' + std::string(name))) return candidates.back();
    }
    const std::vector<std::string_view> known(candidates.begin(), candidates.end());
    return std::string(gonghui::nearest(name, known).value_or(""));
}

std::string duration_text(std::chrono::milliseconds duration)
{
    Unit largest = units.front();
    for (const Unit& unit : units)
        if (duration.count() != 0 && duration.count() % unit.milliseconds == 0) largest = unit;
    return std::to_string(duration.count() / largest.milliseconds) + std::string(largest.suffix);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text)
{
    std::int64_t count = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, count);
    if (parsed.ec != std::errc() || count < 0) return std::nullopt;
    const std::string_view suffix(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
    for (const Unit& unit : units) {
        if (suffix != unit.suffix) continue;
        if (count > std::numeric_limits<std::int64_t>::max() / unit.milliseconds) return std::nullopt;
        return std::chrono::milliseconds(count * unit.milliseconds);
    }
    return std::nullopt;
}

std::string describe(const Keys& keys)
{
    std::size_t widest = 0;
    for (const Key& key : keys) widest = std::max(widest, key.name.size());
    std::string out;
    for (const Key& key : keys) {
        out += "  ";
        append_padded(out, key.name, widest + 2);
        out += std::string(noun_of(key.type)) + limits_note(key) + fallback_note(key) +
               (key.change == Change::at_reload ? "; a SIGHUP applies a change" : "") + '\n';
        out.append(widest + 4, ' ');
        out += std::string(key.description) + '\n';
    }
    return out;
}

}  // namespace gonghui::process
