#pragma once
// From a template and parameters to the text that a person reads.
//
// A template is a file templates/<name>.<language>.txt, compiled in: its first line is the title (the subject of the
// e-mail), an empty line follows, the rest is the body. Placeholders:
//   {{starts_at}}       the parameter of that name; if there is none, the one named "starts_at.<language>"
//   {{phrase reason}}   the wording, from templates/phrases.<language>.txt, of the code that the parameter holds
// A template that was ever used is never removed: messages in the log name it.

#include <tl/expected.hpp>

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace gonghui::notifications {

using Parameters = std::map<std::string, std::string>;

struct Text {
    std::string title;
    std::string body;
    friend bool operator==(const Text&, const Text&) = default;
};

// One file of templates/, as compiled in.
struct TemplateFile {
    std::string_view name;      // "training_seat_taken", "phrases"
    std::string_view language;  // "zh-CN", "en"
    std::string_view text;
};
std::span<const TemplateFile> template_files();

// Fails, with a sentence for a developer, on an unknown template, a missing parameter or a code without a phrase: all
// three are bugs, which a test over every template and every rule finds.
[[nodiscard]] tl::expected<Text, std::string> render(std::string_view name, std::string_view language,
                                                     const Parameters& parameters);

}  // namespace gonghui::notifications
