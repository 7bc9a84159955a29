#include "services/gateway/http/problems.hpp"

#include "common/text/quotes.hpp"
#include "schemas/json/to_json.hpp"

#include <algorithm>
#include <array>

namespace gonghui::gateway {

namespace {

struct Wording {
    std::string_view code;
    Text text;
};

constexpr std::array wordings{
    Wording{"no_such_route", {"没有这个地址", "There is nothing at this address."}},
    Wording{"method_not_allowed", {"此地址不接受这种请求方法", "This address does not take this method."}},
    Wording{"no_session", {"请先登录", "Log in first."}},
    Wording{"foreign_origin", {"请求来自其他网站，已拒绝", "The request comes from another site."}},
    Wording{"no_guard", {"缺少请求头 X-Gonghui: 1", "The header X-Gonghui: 1 is missing."}},
    Wording{
        "no_idempotency_key",
        {"缺少请求头 Idempotency-Key（UUID 第 7 版）", "The header Idempotency-Key (a UUID of version 7) is missing."}},
    Wording{"not_json", {"请求内容须为 JSON（application/json）", "The body must be JSON (application/json)."}},
    Wording{"invalid_fields", {"有些内容填写不正确", "Some fields are not right."}},
    Wording{"invalid_request", {"请求格式不正确", "The request is not of its form."}},
    Wording{"body_too_large", {"请求内容超过 1 MiB", "The body is larger than 1 MiB."}},
    Wording{"header_too_large", {"请求头超过 16 KiB", "The headers are larger than 16 KiB."}},
    Wording{"no_length",
            {"请求内容须带 Content-Length，不能分块", "A body comes with its Content-Length, not in chunks."}},
    Wording{"id_reused", {"该请求编号已用于其他内容", "This request id was used for something else."}},
    Wording{"id_too_old", {"该请求编号已过期，请重新提交", "This request id is too old; send it anew."}},
    Wording{"id_not_uuid_v7", {"Idempotency-Key 须为 UUID 第 7 版", "Idempotency-Key must be a UUID of version 7."}},
    Wording{"in_progress", {"同一请求正在处理", "The same request is being worked on."}},
    Wording{"overloaded",
            {"现在人很多，请稍候，您的位置已保留", "It is busy; wait a moment, your place in line is kept."}},
    Wording{"too_many_requests", {"请求太频繁，请稍后再试", "Too many requests; try again in a while."}},
    Wording{"no_answer", {"服务暂时没有应答，请重试", "The service did not answer; try again."}},
    Wording{"bad_credentials", {"登录名、密码或动态验证码不正确", "Login, password or code is wrong."}},
    Wording{"too_many_codes",
            {"短信验证码发送过多，请稍后再试，或用密码登录",
             "Too many codes were sent; try again in a while, or log in with a password."}},
    Wording{"wrong_password", {"手机号或密码不正确", "Number or password is wrong."}},
    Wording{"wrong_current", {"现在的密码（或动态验证码）不正确", "The present password, or the code, is wrong."}},
    Wording{"bad_code", {"验证码不正确或已过期", "The code is wrong or too old."}},
    Wording{"phone_shared",
            {"该手机号登记在多位会员名下，请联系所在工会更正",
             "Several members have this number; ask your union to correct it."}},
    Wording{"draining", {"系统正在重启，请稍后重试", "The system is starting again; try in a moment."}},
    Wording{"internal", {"系统出错，请稍后重试", "Something broke; try again later."}},
    Wording{"unknown_session", {"没有这个登录会话", "There is no such session."}},
    Wording{"not_permitted", {"您无权进行此操作", "You are not permitted to do this."}},
    // Of fields.
    Wording{"missing", {"必填", "is required"}},
    Wording{"wrong_type", {"格式不正确", "is of the wrong kind"}},
    Wording{"out_of_range", {"超出范围", "is out of range"}},
    Wording{"too_short", {"太短", "is too short"}},
    Wording{"too_long", {"太长", "is too long"}},
    Wording{"short_password", {"密码至少 12 个字符", "needs at least 12 characters"}},
    Wording{"long_password", {"密码太长", "is too long for a password"}},
    Wording{"easy_password",
            {"太容易被猜到：请避免手机号、连续或重复的字符、键盘顺序和常见词语",
             "is too easy to guess: no phone number, sequence, repetition, row of the keyboard or common word"}},
    Wording{"unknown_value", {"不是可选的值", "is none of the values there are"}},
    Wording{"unknown_field", {"没有这个字段", "is not known"}},
    Wording{"given_twice", {"重复", "is given twice"}},
    Wording{"no_map", {"格式不正确", "is of the wrong kind"}},
};

std::string_view wording_of(std::string_view code, Language language)
{
    const auto* found =
        std::find_if(wordings.begin(), wordings.end(), [&](const Wording& w) { return w.code == code; });
    return found == wordings.end() ? code : found->text.in(language);
}

Text title_of(int status)
{
    switch (status) {
        case 400:
        case 411:
        case 413:
        case 415:
        case 422:
        case 431:
            return {"请求有误", "The request is not right"};
        case 401:
            return {"未登录", "Not logged in"};
        case 403:
            return {"不允许", "Not permitted"};
        case 404:
        case 405:
            return {"没有", "Not there"};
        case 409:
            return {"未能办理", "Refused"};
        case 429:
        case 503:
            return {"请稍候", "Not now"};
        default:
            return {"系统出错", "A fault of ours"};
    }
}

void append_member(std::string& out, std::string_view name, std::string_view text)
{
    out.append(",\"").append(name).append("\":");
    append_in_quotes(out, text);
}

void append_errors(std::string& out, const std::vector<schemas::InputError>& errors, Language language)
{
    out += ",\"errors\":[";
    for (std::size_t i = 0; i < errors.size(); ++i) {
        out += i == 0 ? "{\"path\":" : ",{\"path\":";
        append_in_quotes(out, errors[i].path);
        append_member(out, "code", errors[i].code);
        append_member(out, "message", wording_of(errors[i].code, language));
        out += '}';
    }
    out += ']';
}

}  // namespace

HttpResponse to_response(const Problem& problem, Language language)
{
    HttpResponse response;
    response.status = problem.status;
    response.content_type = "application/problem+json";
    auto& out = response.body;
    out = "{\"type\":\"urn:gonghui:problem:";
    out.append(problem.code).append(1, '"');
    append_member(out, "title", title_of(problem.status).in(language));
    out.append(",\"status\":").append(std::to_string(problem.status));
    append_member(out, "code", problem.code);
    append_member(out, "detail",
                  problem.detail.empty() ? wording_of(problem.code, language) : std::string_view(problem.detail));
    if (!problem.facts.empty()) out.append(",\"facts\":").append(problem.facts);
    if (!problem.errors.empty()) append_errors(out, problem.errors, language);
    if (problem.retry_after.count() > 0) {
        out.append(",\"retry_after_ms\":").append(std::to_string(problem.retry_after.count()));
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(problem.retry_after).count();
        response.headers.append("Retry-After: ").append(std::to_string(seconds)).append("\r\n");
    }
    if (!problem.ticket.empty()) append_member(out, "ticket", problem.ticket);
    out += '}';
    response.headers.append("Content-Language: ").append(to_string(language)).append("\r\nCache-Control: no-store\r\n");
    return response;
}

HttpResponse too_many(std::chrono::milliseconds after, Language language, std::string_view code)
{
    Problem problem;
    problem.status = 429;
    problem.code = code;
    problem.retry_after = std::max(after, std::chrono::milliseconds(1));
    return to_response(problem, language);
}

HttpResponse not_allowed(std::string_view allowed, Language language)
{
    auto response = problem(405, "method_not_allowed", language);
    response.headers.append("Allow: ").append(allowed).append("\r\n");
    return response;
}

HttpResponse problem(int status, std::string_view code, Language language)
{
    Problem one;
    one.status = status;
    one.code = code;
    return to_response(one, language);
}

}  // namespace gonghui::gateway
