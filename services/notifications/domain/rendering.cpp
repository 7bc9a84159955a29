#include "services/notifications/domain/rendering.hpp"

#include <algorithm>
#include <optional>

namespace gonghui::notifications {

namespace {

std::optional<std::string_view> find_file(std::string_view name, std::string_view language)
{
    const auto files = template_files();
    const auto found = std::ranges::find_if(
        files, [&](const TemplateFile& file) { return file.name == name && file.language == language; });
    if (found == files.end()) return std::nullopt;
    return found->text;
}

std::optional<std::string_view> find_parameter(const Parameters& parameters, std::string_view name,
                                               std::string_view language)
{
    auto found = parameters.find(std::string(name));
    if (found == parameters.end()) found = parameters.find(std::string(name) + "." + std::string(language));
    if (found == parameters.end()) return std::nullopt;
    return found->second;
}

// Lines are "code = wording".
std::optional<std::string_view> find_phrase(std::string_view code, std::string_view language)
{
    auto rest = find_file("phrases", language).value_or("");
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const auto equals = line.find(" = ");
        if (equals != std::string_view::npos && line.substr(0, equals) == code) return line.substr(equals + 3);
    }
    return std::nullopt;
}

tl::expected<std::string_view, std::string> resolve(std::string_view placeholder, std::string_view language,
                                                    const Parameters& parameters)
{
    constexpr std::string_view phrase = "phrase ";
    const bool is_phrase = placeholder.starts_with(phrase);
    const auto name = is_phrase ? placeholder.substr(phrase.size()) : placeholder;
    const auto value = find_parameter(parameters, name, language);
    if (!value) return tl::make_unexpected("no parameter " + std::string(name));
    if (!is_phrase) return *value;
    const auto wording = find_phrase(*value, language);
    if (!wording) return tl::make_unexpected("no phrase for the code " + std::string(*value));
    return *wording;
}

tl::expected<std::string, std::string> fill(std::string_view text, std::string_view language,
                                            const Parameters& parameters)
{
    std::string out;
    for (auto opens = text.find("{{"); opens != std::string_view::npos; opens = text.find("{{")) {
        const auto closes = text.find("}}", opens);
        if (closes == std::string_view::npos) return tl::make_unexpected(std::string("a placeholder is not closed"));
        const auto value = resolve(text.substr(opens + 2, closes - opens - 2), language, parameters);
        if (!value) return tl::make_unexpected(value.error());
        out.append(text.substr(0, opens)).append(*value);
        text.remove_prefix(closes + 2);
    }
    return out.append(text);
}

}  // namespace

tl::expected<Text, std::string> render(std::string_view name, std::string_view language, const Parameters& parameters)
{
    const auto fault = [&](const std::string& what) {
        return tl::make_unexpected("template " + std::string(name) + "." + std::string(language) + ": " + what);
    };
    const auto file = find_file(name, language);
    if (!file) return fault("there is no such file");
    const auto gap = file->find("\n\n");
    if (gap == std::string_view::npos) return fault("no empty line after the title");

    auto title = fill(file->substr(0, gap), language, parameters);
    if (!title) return fault(title.error());
    auto body = fill(file->substr(gap + 2), language, parameters);
    if (!body) return fault(body.error());
    if (body->ends_with('\n')) body->pop_back();
    return Text{std::move(*title), std::move(*body)};
}

}  // namespace gonghui::notifications
