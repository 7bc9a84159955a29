#pragma once
// What every command gets: the language, the district's folder, and how it ends.

#include "common/process/exit_codes.hpp"
#include "common/text/language.hpp"
#include "schemas/generated/catalogue.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace gonghui::ctl {

// What scripts see, beside the codes of every program (common/process/exit_codes.hpp).
namespace exit_code {
inline constexpr int accepted = 0;
inline constexpr int not_all = 1;  // import: rows were rejected; status: somebody is behind or silent
inline constexpr int refused = 10;
inline constexpr int invalid = 11;
inline constexpr int retry = 12;
inline constexpr int fault = 13;
}  // namespace exit_code

struct Session {
    Language language = Language::en;
    std::string folder;      // of the district, absolute
    std::string executable;  // of this program, absolute: the services are found beside it

    [[nodiscard]] std::string say(const Text& text, std::initializer_list<std::string_view> values = {}) const
    {
        return filled(text.in(language), values);
    }
    // The words for a service's refusal; the code itself when the catalogue has none.
    [[nodiscard]] std::string refusal(std::string_view service, std::string_view code) const
    {
        const auto* words = schemas::find_refusal(service, code);
        return std::string(words == nullptr ? code : words->in(language));
    }
    [[nodiscard]] process::Failure failure(process::Exit code, const Text& text,
                                           std::initializer_list<std::string_view> values = {}) const
    {
        return {code, say(text, values)};
    }
};

}  // namespace gonghui::ctl
