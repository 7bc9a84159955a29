#include "services/ctl/app/new_service.hpp"

#include "common/text/quotes.hpp"
#include "services/ctl/app/district_config.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/app/programs.hpp"
#include "services/ctl/domain/texts.hpp"

#include <filesystem>
#include <iostream>
#include <utility>
#include <vector>

namespace gonghui::ctl {

namespace {

namespace fs = std::filesystem;
using process::Exit;

// What stands in the templates for what is only known here.
using Words = std::vector<std::pair<std::string_view, std::string>>;

std::string filled_in(std::string text, const Words& words)
{
    for (const auto& [word, meaning] : words)
        for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + meaning.size()))
            text.replace(at, word.size(), meaning);
    return text;
}

void write_template(const Session& session, const fs::path& from, const fs::path& folder, const Words& words)
{
    for (const auto& entry : fs::recursive_directory_iterator(from)) {
        if (!entry.is_regular_file()) continue;
        const auto file = folder / entry.path().lexically_relative(from);
        make_folder(session, file.parent_path(), Privacy::open);
        const auto text = filled_in(read_file(session, entry.path()), words);
        write_file(session, file, text, Privacy::open);
        // Not by the template's own permissions: in a package nothing below share/ is there to be run.
        if (text.starts_with("#!")) fs::permissions(file, fs::perms::owner_exec, fs::perm_options::add);
    }
}

}  // namespace

int new_service(const Session& session, const NewServiceOptions& options)
{
    if (!is_free_name(options.name))
        throw session.failure(Exit::usage, text::bad_service_name,
                              {in_quotes(options.name), text::free_name.in(session.language)});
    if (is_of_the_house(options.name)) throw session.failure(Exit::usage, text::service_exists, {options.name});
    const auto folder = fs::absolute(options.folder.empty() ? options.name : options.folder).lexically_normal();
    if (fs::exists(folder)) throw session.failure(Exit::cannot_create, text::folder_exists, {folder.native()});
    const fs::path sdk = sdk_folder(session);
    const Words words{{"@name@", options.name},
                      {"@folder@", folder.native()},
                      {"@sdk@", sdk.native()},
                      {"@prefix@", fs::path(session.executable).parent_path().parent_path().native()},
                      {"@gonghui@", session.executable}};
    for (const auto& from : {sdk / "template", sdk / options.programming_language / "template"})
        write_template(session, from, folder, words);
    std::cout << session.say(text::service_made, {folder.native()}) << '\n';
    return 0;
}

}  // namespace gonghui::ctl
