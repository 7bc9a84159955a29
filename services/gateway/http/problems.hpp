#pragma once
// What went wrong, as application/problem+json (RFC 9457) in the language of who asks.

#include "schemas/json/from_json.hpp"
#include "services/gateway/http/message.hpp"

#include <chrono>
#include <vector>

namespace gonghui::gateway {

struct Problem {
    int status = 500;
    std::string_view code;
    std::string detail;                       // a sentence for a person; empty: that of the code
    std::string facts;                        // a JSON object, or nothing
    std::vector<schemas::InputError> errors;  // of fields
    std::chrono::milliseconds retry_after{0};
    std::string ticket;  // keeps the place in line
};

[[nodiscard]] HttpResponse to_response(const Problem& problem, Language language);

// Too much of it: 429.
[[nodiscard]] HttpResponse too_many(std::chrono::milliseconds after, Language language,
                                    std::string_view code = "too_many_requests");

// 405. `allowed` as in the header Allow: "GET, HEAD".
[[nodiscard]] HttpResponse not_allowed(std::string_view allowed, Language language);

// Of the gateway's own codes.
[[nodiscard]] HttpResponse problem(int status, std::string_view code, Language language);

}  // namespace gonghui::gateway
