#include "services/ctl/app/option_checks.hpp"

#include "common/text/nearest.hpp"
#include "common/text/utf8.hpp"
#include "services/ctl/domain/texts.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace gonghui::ctl {

namespace {

std::string joined(const std::vector<std::string>& words)
{
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

const CLI::App& root_of(const CLI::App& command)
{
    const auto* at = &command;
    while (at->get_parent() != nullptr) at = at->get_parent();
    return *at;
}

// The options that a command understands: its own and those of the commands above it.
std::vector<const CLI::Option*> options_of(const CLI::App& command)
{
    std::vector<const CLI::Option*> options;
    for (const auto* level = &command; level != nullptr; level = level->get_parent())
        for (const auto* option : level->get_options()) options.push_back(option);
    return options;
}

std::string of_unexpected(const Session& session, const CLI::App& command)
{
    const auto words = root_of(command).remaining(true);
    const auto dashed =
        std::find_if(words.begin(), words.end(), [](const auto& word) { return word.size() > 1 && word[0] == '-'; });
    if (dashed == words.end()) return session.say(text::unexpected_word, {words.empty() ? "" : words.front()});
    std::vector<std::string> names;
    for (const auto* option : options_of(command))
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    const std::vector<std::string_view> known(names.begin(), names.end());
    if (const auto meant = nearest(dashed->substr(0, dashed->find('=')), known))
        return session.say(text::unknown_option_meant, {*dashed, *meant});
    return session.say(text::unknown_option, {*dashed});
}

std::string of_missing(const Session& session, const CLI::App& command)
{
    if (!root_of(command).remaining(true).empty()) return of_unexpected(session, command);  // it is the likelier cause
    if (command.get_require_subcommand_min() > 0) {
        std::vector<std::string> names;
        for (const auto* sub : command.get_subcommands([](const CLI::App*) { return true; }))
            names.push_back(sub->get_name());
        return session.say(text::missing_command, {joined(names)});
    }
    std::vector<std::string> names;
    for (const auto* option : options_of(command))
        if (option->get_required() && option->count() == 0) names.push_back(option->get_name());
    return session.say(text::missing_option, {joined(names)});
}

// CLI11 begins its sentence with the option's name, of flags without the dashes, and tells it in no other way.
std::string of_count(const Session& session, const CLI::App& command, std::string_view what)
{
    const std::string name(what.substr(0, what.find_first_of(": ")));
    for (const auto* option : options_of(command)) {
        if (option->get_name() == name) return session.say(text::takes_one_value, {name});
        if (option->check_lname(name)) return session.say(text::takes_no_value, {"--" + name});
    }
    return std::string(what);
}

}  // namespace

CLI::Validator whole_number(const Session& session, std::int64_t least, std::int64_t most)
{
    const bool is_bounded = most < std::numeric_limits<std::int64_t>::max();
    const auto from = std::to_string(least);
    const auto to = std::to_string(most);
    const auto why =
        is_bounded ? session.say(text::must_be_from_to, {from, to}) : session.say(text::must_be_at_least, {from});
    return {[=](const std::string& word) {
                std::int64_t number = 0;
                const auto* const end = word.data() + word.size();
                const auto [stopped, error] = std::from_chars(word.data(), end, number);
                const bool fits = error == std::errc() && stopped == end && number >= least && number <= most;
                return fits ? std::string() : why;
            },
            is_bounded ? from + ".." + to : ""};
}

CLI::Validator one_of(const Session& session, const std::vector<std::string>& words)
{
    return {[words, why = session.say(text::must_be_one_of, {joined(words)})](const std::string& word) {
                return std::find(words.begin(), words.end(), word) == words.end() ? why : std::string();
            },
            ""};
}

CLI::Validator at_most_characters(const Session& session, std::size_t most)
{
    return {[most, why = session.say(text::must_have_at_most, {std::to_string(most)})](const std::string& word) {
                return code_points(word) > most ? why : std::string();
            },
            ""};
}

CLI::Validator not_blank(const Session& session)
{
    return {[why = session.say(text::must_not_be_blank)](const std::string& word) {
                return word.find_first_not_of(" \t\r\n") == std::string::npos ? why : std::string();
            },
            ""};
}

std::string complaint(const Session& session, const CLI::App& command, const CLI::ParseError& error)
{
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return of_unexpected(session, command);
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) return of_missing(session, command);
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) return of_count(session, command, error.what());
    return error.what();  // of one of the checks above
}

}  // namespace gonghui::ctl
