#include "common/process/config.hpp"

#include "common/process/config_text.hpp"
#include "common/process/config_texts.hpp"
#include "common/text/quotes.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

namespace gonghui::process {

namespace {

std::string joined(const std::vector<std::string>& lines)
{
    std::string out;
    for (const std::string& line : lines) out += (out.empty() ? "" : "\n") + line;
    return out;
}

const Text& word_of(toml::node_type type)
{
    switch (type) {
        case toml::node_type::table:
            return text::a_table;
        case toml::node_type::array:
            return text::an_array;
        case toml::node_type::string:
            return text::a_text;
        case toml::node_type::integer:
            return text::an_integer;
        case toml::node_type::floating_point:
            return text::a_decimal;
        case toml::node_type::boolean:
            return text::a_toml_boolean;
        case toml::node_type::date:
            return text::a_date;
        case toml::node_type::time:
            return text::a_time_of_day;
        case toml::node_type::date_time:
            return text::a_date_and_time;
        case toml::node_type::none:
            break;
    }
    return text::nothing;
}

std::string read_whole(const std::filesystem::path& file, Language language)
{
    std::ifstream stream(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.bad() && stream.is_open() && !std::filesystem::is_directory(file)) return text;
    const int why = std::filesystem::is_directory(file) ? EISDIR : errno;
    const auto reason = std::generic_category().message(why);
    throw ConfigError({file.string() + ": " + filled(text::unreadable.in(language), {reason})});
}

std::vector<std::string> split_list(std::string_view text)
{
    std::vector<std::string> items;
    while (!text.empty()) {
        const auto comma = text.find(',');
        items.emplace_back(text.substr(0, comma));
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    return items;
}

}  // namespace

ConfigError::ConfigError(std::vector<std::string> problems)
    : std::runtime_error(joined(problems)), problems_(std::move(problems))
{
}

std::optional<std::string> process_environment(const std::string& name)
{
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nobody here calls setenv
    if (value == nullptr) return std::nullopt;
    return value;
}

// Reads one file and one environment into a Config, gathering every problem before it gives up.
class ConfigReader {
public:
    ConfigReader(const Keys& keys, std::string file_name, const Environment& environment, Language language)
        : keys_(keys), file_name_(std::move(file_name)), environment_(environment), language_(language)
    {
    }

    Config read(std::string_view toml)
    {
        toml::table table;
        try {
            table = toml::parse(toml, file_name_);
        } catch (const toml::parse_error& error) {
            const auto at = error.source().begin;
            throw ConfigError(
                {place(at.line) + ':' + std::to_string(at.column) + ": " + say(text::no_toml, {error.description()})});
        }
        walk(table, "");
        for (const Key& key : keys_)
            for (const std::string& name : names_of(key)) complete(key, name);
        if (!problems_.empty()) throw ConfigError(std::move(problems_));
        return std::move(config_);
    }

private:
    using Value = Config::Value;

    void walk(const toml::table& table, const std::string& prefix)
    {
        for (const auto& [key, node] : table) {
            const std::string name = prefix + std::string(key.str());
            note_wildcard(name, key.source().begin.line);
            if (node.is_table())
                walk_table(*node.as_table(), name, key.source().begin.line);
            else
                take(name, node, key.source().begin.line);
        }
    }

    void walk_table(const toml::table& table, const std::string& name, toml::source_index line)
    {
        const bool is_known = std::any_of(keys_.begin(), keys_.end(), [&](const Key& key) {
            return is_prefix(name, key.name) || matches(key.name, name);
        });
        if (!is_known)
            unknown(name, line);
        else if (const Key* key = find(name))
            wrong(name, line, word_of(key->type), text::a_table.in(language_));
        else
            walk(table, name + '.');
    }

    void take(const std::string& name, const toml::node& node, toml::source_index line)
    {
        const bool is_table =
            std::any_of(keys_.begin(), keys_.end(), [&](const Key& key) { return is_prefix(name, key.name); });
        const Key* key = find(name);
        if (key == nullptr && is_table)
            wrong(name, line, text::a_table, word_of(node.type()).in(language_));
        else if (key == nullptr)
            unknown(name, line);
        else if (auto value = value_of(*key, node))
            accept(*key, name, *std::move(value), place(line));
        else
            wrong(name, line, word_of(key->type), found_instead(node));
    }

    // The environment wins over the file, the file over the default.
    void complete(const Key& key, const std::string& name)
    {
        const std::string variable = variable_of(name);
        if (const auto text = environment_(variable)) {
            config_.entries_.erase(name);
            if (auto value = value_of(key, *text))
                accept(key, name, *std::move(value), variable);
            else
                problem(name, variable,
                        say(text::is_not, {in_quotes(key.secrecy == Secrecy::secret ? "***" : *text),
                                           word_of(key.type).in(language_)}));
        } else if (config_.entries_.contains(name) || taken_.contains(name)) {
            return;
        } else if (!key.fallback) {
            problem(name, file_name_, say(text::is_required, {in_quotes(name), variable, key.description}));
        } else if (auto value = value_of(key, *key.fallback)) {
            config_.entries_.insert_or_assign(name,
                                              Config::Entry{*std::move(value), key.secrecy, key.change, "default"});
        } else {
            throw std::logic_error("the default of " + name + " is not " + std::string(word_of(key.type).en));
        }
    }

    void accept(const Key& key, const std::string& name, Value value, const std::string& origin)
    {
        taken_.insert(name);
        if (const auto complaint = broken_limit(key, name, value))
            problem(name, origin, *complaint);
        else
            config_.entries_.insert_or_assign(name, Config::Entry{std::move(value), key.secrecy, key.change, origin});
    }

    [[nodiscard]] std::optional<std::string> broken_limit(const Key& key, const std::string& name,
                                                          const Value& value) const
    {
        if (const auto* number = std::get_if<std::int64_t>(&value)) {
            if (*number < key.least) return say(text::at_least, {in_quotes(name), std::to_string(key.least)});
            if (*number > key.most) return say(text::at_most, {in_quotes(name), std::to_string(key.most)});
        }
        if (const auto* items = std::get_if<std::vector<std::string>>(&value))
            for (const auto& item : *items)
                if (auto complaint = broken_form(key, name, item)) return complaint;
        if (const auto* text = std::get_if<std::string>(&value)) return broken_form(key, name, *text);
        return std::nullopt;
    }

    [[nodiscard]] std::optional<std::string> broken_form(const Key& key, const std::string& name,
                                                         const std::string& text) const
    {
        const bool is_left_out = text.empty() && key.fallback && key.fallback->empty();
        if (key.form.fits != nullptr && !is_left_out && !key.form.fits(text))
            return say(text::must_be, {in_quotes(name), key.form.must_be.in(language_)});
        if (key.choices.empty() || std::find(key.choices.begin(), key.choices.end(), text) != key.choices.end())
            return std::nullopt;
        std::string choices;
        for (const auto choice : key.choices) choices += (choices.empty() ? "" : " ") + std::string(choice);
        return say(text::one_of, {in_quotes(name), choices});
    }

    static std::optional<Value> value_of(const Key& key, const toml::node& node)
    {
        switch (key.type) {
            case Type::text:
                if (const auto* text = node.as_string()) return Value(text->get());
                break;
            case Type::integer:
                if (const auto* number = node.as_integer()) return Value(number->get());
                break;
            case Type::boolean:
                if (const auto* boolean = node.as_boolean()) return Value(boolean->get());
                break;
            case Type::duration:
                if (const auto* text = node.as_string()) return value_of(key, text->get());
                break;
            case Type::list:
                return list_of(node);
        }
        return std::nullopt;
    }

    static std::optional<Value> list_of(const toml::node& node)
    {
        const auto* array = node.as_array();
        if (array == nullptr) return std::nullopt;
        std::vector<std::string> items;
        for (const auto& item : *array) {
            if (!item.is_string()) return std::nullopt;
            items.push_back(item.as_string()->get());
        }
        return Value(std::move(items));
    }

    // From the environment or from a default.
    static std::optional<Value> value_of(const Key& key, std::string_view text)
    {
        switch (key.type) {
            case Type::text:
                return Value(std::string(text));
            case Type::list:
                return Value(split_list(text));
            case Type::boolean:
                if (text == "true" || text == "false") return Value(text == "true");
                break;
            case Type::duration:
                if (const auto duration = parse_duration(text)) return Value(*duration);
                break;
            case Type::integer: {
                std::int64_t number = 0;
                const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
                if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) return Value(number);
                break;
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] std::string found_instead(const toml::node& node) const
    {
        if (const auto* array = node.as_array()) {
            for (const auto& item : *array)
                if (!item.is_string()) return say(text::a_list_that_holds, {word_of(item.type()).in(language_)});
        }
        return std::string(word_of(node.type()).in(language_));
    }

    const Key* find(std::string_view name) const
    {
        const auto found =
            std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return matches(key.name, name); });
        return found == keys_.end() ? nullptr : &*found;
    }

    // Whether `name` is a table on the way to the key.
    static bool is_prefix(std::string_view name, std::string_view key_name)
    {
        const auto given = segments_of(name);
        const auto pattern = segments_of(key_name);
        return given.size() < pattern.size() && std::equal(given.begin(), given.end(), pattern.begin(),
                                                           [](std::string_view segment, std::string_view wanted) {
                                                               return wanted == "*" || wanted == segment;
                                                           });
    }

    // Remembers what stands at a `*`, so that tables() can tell and every key below it is completed.
    void note_wildcard(const std::string& name, toml::source_index line)
    {
        const auto last_dot = name.rfind('.');
        if (last_dot == std::string::npos) return;
        const std::string parent = name.substr(0, last_dot);
        const bool is_wild = std::any_of(keys_.begin(), keys_.end(), [&](const Key& key) {
            const auto pattern = segments_of(key.name);
            const auto depth = segments_of(name).size();
            return pattern.size() >= depth && pattern[depth - 1] == "*" && is_prefix(parent, key.name);
        });
        if (is_wild) config_.tables_[parent].try_emplace(name.substr(last_dot + 1), place(line));
    }

    // The names that a key stands for in this file: itself, or one for each name at its `*`.
    std::vector<std::string> names_of(const Key& key) const
    {
        std::vector<std::string> names{""};
        for (const auto segment : segments_of(key.name)) {
            std::vector<std::string> longer;
            for (const std::string& name : names) {
                const std::string prefix = name.empty() ? "" : name + '.';
                if (segment != "*") {
                    longer.push_back(prefix + std::string(segment));
                } else if (const auto children = config_.tables_.find(name); children != config_.tables_.end()) {
                    for (const auto& [child, where] : children->second) longer.push_back(prefix + child);
                }
            }
            names = std::move(longer);
        }
        return names;
    }

    void unknown(const std::string& name, toml::source_index line)
    {
        const std::string meant = nearest(keys_, name);
        problem(name, place(line),
                meant.empty() ? say(text::unknown_key, {in_quotes(name)})
                              : say(text::unknown_key_meant, {in_quotes(name), in_quotes(meant)}));
    }

    void wrong(const std::string& name, toml::source_index line, const Text& wanted, std::string_view found)
    {
        problem(name, place(line), say(text::must_be_and_not, {in_quotes(name), wanted.in(language_), found}));
    }

    void problem(const std::string& name, const std::string& where, const std::string& what)
    {
        taken_.insert(name);  // what is said wrongly is not also reported as missing
        problems_.push_back(where.empty() ? what : where + ": " + what);
    }

    [[nodiscard]] std::string say(const Text& text, std::initializer_list<std::string_view> values) const
    {
        return filled(text.in(language_), values);
    }

    [[nodiscard]] std::string place(toml::source_index line) const { return file_name_ + ':' + std::to_string(line); }

    const Keys& keys_;
    std::string file_name_;
    const Environment& environment_;
    Language language_;
    Config config_;
    std::set<std::string, std::less<>> taken_;
    std::vector<std::string> problems_;
};

Config Config::load(const Keys& keys, const std::filesystem::path& file, const Environment& environment,
                    Language language)
{
    return parse(keys, file.empty() ? "" : read_whole(file, language), file.string(), environment, language);
}

Config Config::parse(const Keys& keys, std::string_view toml, const std::string& file_name,
                     const Environment& environment, Language language)
{
    return ConfigReader(keys, file_name, environment, language).read(toml);
}

template <class T>
const T& Config::get(std::string_view name) const
{
    const auto found = entries_.find(name);
    if (found == entries_.end()) throw std::logic_error("no such configuration key: " + std::string(name));
    const auto* value = std::get_if<T>(&found->second.value);
    if (value == nullptr) throw std::logic_error("configuration key asked for as another type: " + std::string(name));
    return *value;
}

const std::string& Config::text(std::string_view name) const
{
    return get<std::string>(name);
}

std::int64_t Config::integer(std::string_view name) const
{
    return get<std::int64_t>(name);
}

bool Config::boolean(std::string_view name) const
{
    return get<bool>(name);
}

std::chrono::milliseconds Config::duration(std::string_view name) const
{
    return get<std::chrono::milliseconds>(name);
}

const std::vector<std::string>& Config::list(std::string_view name) const
{
    return get<std::vector<std::string>>(name);
}

std::vector<std::string> Config::tables(std::string_view parent) const
{
    std::vector<std::string> names;
    if (const auto found = tables_.find(parent); found != tables_.end())
        for (const auto& [name, where] : found->second) names.push_back(name);
    return names;
}

const std::string& Config::origin(std::string_view name) const
{
    if (const auto entry = entries_.find(name); entry != entries_.end()) return entry->second.origin;
    const auto dot = std::min(name.rfind('.'), name.size());
    if (const auto parent = tables_.find(name.substr(0, dot)); parent != tables_.end())
        if (const auto found = parent->second.find(name.substr(dot + 1)); found != parent->second.end())
            return found->second;
    throw std::logic_error("no such configuration key: " + std::string(name));
}

std::vector<std::string> Config::waiting_for_start(const Config& fresh) const
{
    std::vector<std::string> names;
    const auto compare = [&names](const Config& one, const Config& other) {
        for (const auto& [name, entry] : one.entries_) {
            const auto found = other.entries_.find(name);
            const bool is_same = found != other.entries_.end() && found->second.value == entry.value;
            if (!is_same && entry.change == Change::at_start) names.push_back(name);
        }
    };
    compare(*this, fresh);
    compare(fresh, *this);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

namespace {

struct TomlValue {
    std::string operator()(const std::string& text) const { return in_quotes(text); }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(bool boolean) const { return boolean ? "true" : "false"; }
    std::string operator()(std::chrono::milliseconds duration) const { return in_quotes(duration_text(duration)); }
    std::string operator()(const std::vector<std::string>& items) const
    {
        std::string out = "[";
        for (const std::string& item : items) out += (out.size() == 1 ? "" : ", ") + in_quotes(item);
        return out + ']';
    }
};

}  // namespace

std::string Config::print() const
{
    std::string out;
    for (const auto& [name, entry] : entries_) {
        const bool is_masked = entry.secrecy == Secrecy::secret && entry.value != Value(std::string());
        out += name + " = " + (is_masked ? "\"********\"" : std::visit(TomlValue{}, entry.value)) + "  # " +
               entry.origin + '\n';
    }
    return out;
}

}  // namespace gonghui::process
