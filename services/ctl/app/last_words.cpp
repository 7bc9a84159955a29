#include "services/ctl/app/last_words.hpp"

#include "services/ctl/domain/texts.hpp"

#include <filesystem>
#include <fstream>

namespace gonghui::ctl {

namespace {

// Of a record of the log, its `error` (the SDKs say `reason`); of plain text, all of it.
std::string message_in(const std::string& line)
{
    for (const std::string_view name : {"error", "reason"}) {
        const auto at = line.find('"' + std::string(name) + "\":");
        const auto begin = at == std::string::npos ? at : line.find('"', at + name.size() + 3);
        if (begin == std::string::npos) continue;
        std::string out;
        for (auto i = begin + 1; i < line.size() && line[i] != '"'; ++i) {
            if (line[i] == '\\' && i + 1 < line.size()) ++i;
            out += line[i];
        }
        return out;
    }
    return line;
}

// With or without a blank behind the colon.
bool is_error(const std::string& record)
{
    return record.find(R"("level":"error")") != std::string::npos ||
           record.find(R"("level": "error")") != std::string::npos;
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
        if (line.starts_with('{') ? is_error(line) : !line.empty()) last = line;
    return last.empty() ? session.say(text::see_log, {log}) : message_in(last);
}

}  // namespace gonghui::ctl
