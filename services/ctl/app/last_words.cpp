#include "services/ctl/app/last_words.hpp"

#include "services/ctl/domain/texts.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace gonghui::ctl {

namespace {

// Empty when the line says nothing of an error. A record of the log does in `error` or, of the SDKs, in `reason`; what
// is no record was said before there was a log.
std::string error_in(const std::string& line)
{
    const auto record = nlohmann::json::parse(line, nullptr, false);
    if (!record.is_object()) return line;
    if (const auto level = record.find("level"); level == record.end() || *level != "error") return {};
    for (const auto* name : {"error", "reason"})
        if (const auto found = record.find(name); found != record.end() && found->is_string())
            return found->get<std::string>();
    return line;
}

}  // namespace

std::int64_t size_of_log(const std::string& file)
{
    std::error_code none;
    const auto size = std::filesystem::file_size(file, none);
    return none ? 0 : static_cast<std::int64_t>(size);
}

std::string last_words(const Session& session, const std::string& log, std::int64_t since)
{
    std::ifstream in(log, std::ios::binary);
    in.seekg(since);
    std::string last;
    for (std::string line; std::getline(in, line);)
        if (auto error = error_in(line); !error.empty()) last = std::move(error);
    return last.empty() ? session.say(text::see_log, {log}) : last;
}

}  // namespace gonghui::ctl
