#pragma once
// Configuration: a table of keys that says everything about each, a TOML file, and environment variables that win over
// the file. What is not in the table is an error that names file, line and the nearest known key, so that a misspelt
// key never silently means its default. Values are checked once, when loaded; after that the getters cannot fail.
//
// The environment variable of "bind.publish" is GONGHUI_BIND_PUBLISH. Variables of unknown keys are left alone, because
// the processes of one district may share one environment.

#include "common/process/forms.hpp"
#include "common/text/language.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gonghui::process {

enum class Type : std::uint8_t {
    text,
    integer,
    boolean,
    duration,  // "500ms", "5s", "10m", "2h", "30d"
    list,      // of texts; in the environment with commas between them
};

enum class Secrecy : std::uint8_t { open, secret };

// When a change of the file is obeyed: at a SIGHUP, or only when the program starts again.
enum class Change : std::uint8_t { at_start, at_reload };

// Aggregate; name what is set: {.name = "bind.publish", .fallback = "tcp://127.0.0.1:7001", .description = "..."}.
struct Key {
    std::string_view name;  // dotted; a segment `*` stands for any name: "clients.*.public_key"
    Type type = Type::text;
    std::optional<std::string_view> fallback = std::nullopt;  // as in the environment; absent: the key is required
    std::string_view description;                             // one sentence, for --help
    Secrecy secrecy = Secrecy::open;                          // secret: masked by print
    Change change = Change::at_start;
    std::int64_t least = std::numeric_limits<std::int64_t>::min();  // of an integer
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    std::vector<std::string_view> choices = {};  // of a text; empty: any
    Form form = {};                              // of a text, or of each text of a list; an empty default always fits
};
using Keys = std::vector<Key>;

// Everything that is wrong, one problem a line, each with its place ("hub.toml:4: ...").
class ConfigError : public std::runtime_error {
public:
    explicit ConfigError(std::vector<std::string> problems);
    [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }

private:
    std::vector<std::string> problems_;
};

// The value of an environment variable by its full name.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
std::optional<std::string> process_environment(const std::string& name);

// Immutable after construction, so readable from every thread. `names` in the table are literals: `Keys` hold views.
class Config {
public:
    // Reads `file`; an empty path means no file: defaults and environment alone. Throws ConfigError, in `language`.
    static Config load(const Keys& keys, const std::filesystem::path& file,
                       const Environment& environment = process_environment, Language language = Language::en);
    // The same from a text; `file_name` stands in messages.
    static Config parse(const Keys& keys, std::string_view toml, const std::string& file_name,
                        const Environment& environment = process_environment, Language language = Language::en);

    // Asking for a name that is not in the table, or as another type, is a bug: std::logic_error. The name of a `*` key
    // is written out: "clients.training.public_key".
    [[nodiscard]] const std::string& text(std::string_view name) const;
    [[nodiscard]] std::int64_t integer(std::string_view name) const;
    [[nodiscard]] bool boolean(std::string_view name) const;
    [[nodiscard]] std::chrono::milliseconds duration(std::string_view name) const;
    [[nodiscard]] const std::vector<std::string>& list(std::string_view name) const;

    // The names that stand in the file at a `*`: tables("clients") gives "matchmaking", "training"; sorted.
    [[nodiscard]] std::vector<std::string> tables(std::string_view parent) const;

    // Where the value of a key came from, or where a name at a `*` first stands: "hub.toml:4", a variable, or
    // "default".
    [[nodiscard]] const std::string& origin(std::string_view name) const;

    // The keys that have another value in `fresh` and are obeyed only from the next start on; sorted.
    [[nodiscard]] std::vector<std::string> waiting_for_start(const Config& fresh) const;

    // Every key with its value and where it came from, as valid TOML; secrets are masked.
    [[nodiscard]] std::string print() const;

private:
    using Value = std::variant<std::string, std::int64_t, bool, std::chrono::milliseconds, std::vector<std::string>>;
    struct Entry {
        Value value;
        Secrecy secrecy;
        Change change;
        std::string origin;
    };
    friend class ConfigReader;

    template <class T>
    [[nodiscard]] const T& get(std::string_view name) const;

    std::map<std::string, Entry, std::less<>> entries_;
    // Parent of a `*` -> the names that stand there -> where.
    std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> tables_;
};

// What --help prints of the keys: name, type, default, variable and description.
std::string describe(const Keys& keys);

// "5s" -> 5000 ms; nullopt when it is no duration.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace gonghui::process
