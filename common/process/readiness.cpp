#include "common/process/readiness.hpp"

#include "common/text/quotes.hpp"

namespace gonghui::process {

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

std::map<std::string, std::string> Readiness::reasons() const
{
    const std::lock_guard lock(mutex_);
    return {reasons_.begin(), reasons_.end()};
}

std::string Readiness::json() const
{
    const auto why = reasons();
    std::string out = why.empty() ? R"({"ready":true,"reasons":{)" : R"({"ready":false,"reasons":{)";
    std::string_view separator;
    for (const auto& [part, reason] : why) {
        out += separator;
        append_in_quotes(out, part);
        out += ':';
        append_in_quotes(out, reason);
        separator = ",";
    }
    out += "}}";
    return out;
}

}  // namespace gonghui::process
