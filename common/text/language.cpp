#include "common/text/language.hpp"

namespace gonghui {

std::optional<Language> parse_language(std::string_view word)
{
    if (word == "zh-CN") return Language::zh_cn;
    if (word == "en") return Language::en;
    return std::nullopt;
}

Language language_of_locale(std::string_view locale)
{
    return locale.starts_with("zh") ? Language::zh_cn : Language::en;
}

Language language_of_environment(const std::function<std::optional<std::string>(const std::string& name)>& variable)
{
    if (const auto word = variable("GONGHUI_LANG"))
        if (const auto language = parse_language(*word)) return *language;
    for (const auto* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (const auto locale = variable(name); locale && !locale->empty()) return language_of_locale(*locale);
    return Language::en;
}

std::string_view to_string(Language language)
{
    return language == Language::zh_cn ? "zh-CN" : "en";
}

std::string filled(std::string_view text, std::initializer_list<std::string_view> values)
{
    std::string out;
    out.reserve(text.size() + 32);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_place = text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}';
        const auto number = is_place ? static_cast<std::size_t>(text[i + 1] - '0') : values.size();
        if (number < values.size()) {
            out += values.begin()[number];
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace gonghui
