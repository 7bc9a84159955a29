#pragma once
// What people read, in the language they asked for. Output for programs (JSON, CSV codes, exit codes) has none.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace gonghui {

enum class Language : std::uint8_t { zh_cn, en };

// "zh-CN" or "en"; nullopt for another word.
std::optional<Language> parse_language(std::string_view word);

// From a value of LANG such as "zh_CN.UTF-8": Chinese when it begins with zh, else English.
Language language_of_locale(std::string_view locale);

// What the environment asks for: GONGHUI_LANG ("zh-CN" or "en"), else the locale of LC_ALL, LC_MESSAGES or LANG, else
// English. `variable` gives the value of an environment variable.
Language language_of_environment(const std::function<std::optional<std::string>(const std::string& name)>& variable);

std::string_view to_string(Language language);

struct Text {
    std::string_view zh_cn;
    std::string_view en;
    [[nodiscard]] constexpr std::string_view in(Language language) const
    {
        return language == Language::zh_cn ? zh_cn : en;
    }
};

// The text with {0}, {1} ... replaced. A number without a value stays as it stands.
std::string filled(std::string_view text, std::initializer_list<std::string_view> values);

}  // namespace gonghui
