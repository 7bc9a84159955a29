#pragma once
// What somebody has typed to log in, or about how they log in: a small object of texts.

#include "services/gateway/http/problems.hpp"

#include <nlohmann/json.hpp>

namespace gonghui::gateway {

// Anything else in it is passed over.
class Form {
public:
    explicit Form(std::string_view body) : fields_(nlohmann::json::parse(body, nullptr, false)) {}

    [[nodiscard]] bool is_object() const { return fields_.is_object(); }
    // Empty when it is absent, no text or absurdly long.
    [[nodiscard]] std::string text(const char* name) const
    {
        constexpr std::size_t longest = 1024;
        const auto found = is_object() ? fields_.find(name) : fields_.end();
        if (found == fields_.end() || !found->is_string()) return {};
        auto text = found->get<std::string>();
        return text.size() > longest ? std::string() : text;
    }

private:
    nlohmann::json fields_;
};

inline constexpr std::size_t longest_phone = 32;

inline HttpResponse bad_field(std::string_view field, std::string_view code, Language language)
{
    Problem problem;
    problem.status = 422;
    problem.code = "invalid_fields";
    problem.errors.push_back({std::string(field), std::string(code)});
    return to_response(problem, language);
}

}  // namespace gonghui::gateway
