#pragma once
// What somebody has typed to log in, or about how they log in: a small object of texts.

#include "services/gateway/http/problems.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

namespace gonghui::gateway {

// Anything else in it is passed over.
class Form {
public:
    // Or the answer to a body that is none.
    static tl::expected<Form, HttpResponse> read(const HttpRequest& request)
    {
        if (!request.has_json()) return tl::make_unexpected(problem(415, "not_json", request.language));
        auto fields = nlohmann::json::parse(request.body, nullptr, false);
        if (!fields.is_object()) return tl::make_unexpected(problem(400, "not_json", request.language));
        return Form(std::move(fields));
    }

    // Empty where there is none, and lacks() says why; `longest` in bytes.
    [[nodiscard]] std::string text(const char* name, std::size_t longest = 1024) const
    {
        const auto found = fields_.find(name);
        if (found == fields_.end() || !found->is_string()) return {};
        auto text = found->get<std::string>();
        return text.size() > longest ? std::string() : text;
    }
    // Why text() gave nothing.
    [[nodiscard]] HttpResponse lacks(const char* name, Language language) const;

private:
    explicit Form(nlohmann::json fields) : fields_(std::move(fields)) {}

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

inline HttpResponse Form::lacks(const char* name, Language language) const
{
    const auto found = fields_.find(name);
    if (found == fields_.end()) return bad_field(name, "missing", language);
    if (!found->is_string()) return bad_field(name, "wrong_type", language);
    return bad_field(name, found->get_ref<const std::string&>().empty() ? "missing" : "too_long", language);
}

}  // namespace gonghui::gateway
