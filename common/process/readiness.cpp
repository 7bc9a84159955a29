#include "common/process/readiness.hpp"

#include "common/text/quotes.hpp"

namespace gonghui::process {

namespace {

void append_object(std::string& out, const std::map<std::string, std::string, std::less<>>& texts)
{
    char separator = '{';
    for (const auto& [name, text] : texts) {
        out += separator;
        append_in_quotes(out, name);
        out += ':';
        append_in_quotes(out, text);
        separator = ',';
    }
    out += texts.empty() ? "{}" : "}";
}

}  // namespace

void Readiness::ready(std::string_view part)
{
    const std::lock_guard lock(mutex_);
    if (const auto found = reasons_.find(part); found != reasons_.end()) reasons_.erase(found);
}

void Readiness::not_ready(std::string_view part, std::string_view reason)
{
    const std::lock_guard lock(mutex_);
    reasons_.insert_or_assign(std::string(part), std::string(reason));
}

void Readiness::without(std::string_view part, std::string_view what)
{
    const std::lock_guard lock(mutex_);
    without_.insert_or_assign(std::string(part), std::string(what));
}

std::map<std::string, std::string> Readiness::reasons() const
{
    const std::lock_guard lock(mutex_);
    return {reasons_.begin(), reasons_.end()};
}

std::string Readiness::json() const
{
    const std::lock_guard lock(mutex_);
    std::string out = reasons_.empty() ? R"({"ready":true,"reasons":)" : R"({"ready":false,"reasons":)";
    append_object(out, reasons_);
    if (!without_.empty()) {
        out += R"(,"without":)";
        append_object(out, without_);
    }
    return out + '}';
}

}  // namespace gonghui::process
