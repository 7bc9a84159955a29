#include "services/ctl/app/import.hpp"

#include "schemas/generated/catalogue.hpp"
#include "services/ctl/app/actor_option.hpp"
#include "services/ctl/app/connection.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/app/progress.hpp"
#include "services/ctl/app/roster_run.hpp"
#include "services/ctl/domain/table.hpp"
#include "services/ctl/domain/texts.hpp"

#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>

namespace gonghui::ctl {

namespace {

using process::Exit;
using std::chrono::steady_clock;

// A roster that has been opened and recognised.
struct OpenRoster {
    std::string bytes;
    RosterLayout layout;
};

ColumnMapping mapping_of(const Session& session, const std::vector<std::string>& columns)
{
    ColumnMapping mapping;
    for (const auto& column : columns) {
        auto read = parse_column(column);
        if (!read) throw session.failure(Exit::usage, text::bad_columns, {column});
        mapping.insert(std::move(*read));
    }
    return mapping;
}

std::optional<Encoding> encoding_of(const Session& session, const std::string& word)
{
    if (word == "auto") return std::nullopt;
    if (word == "utf-8") return Encoding::utf8;
    if (word == "gb18030") return Encoding::gb18030;
    throw session.failure(Exit::usage, text::bad_encoding_option, {word});
}

OpenRoster open_roster(const Session& session, const ImportOptions& options)
{
    OpenRoster roster;
    const auto mapping = mapping_of(session, options.columns);
    const auto encoding = encoding_of(session, options.encoding);
    roster.bytes = read_file(session, options.file);
    auto layout = recognise(roster.bytes, mapping, encoding);
    if (!layout)
        throw process::Failure(Exit::data,
                               options.file + ": " + session.say(layout.error().why, {layout.error().detail}));
    roster.layout = *layout;
    return roster;
}

std::string column_text(const BadRow& row)
{
    return row.column ? std::string(to_string(*row.column)) : std::string();
}

std::string reason_text(const Session& session, const BadRow& row)
{
    std::string reason = session.refusal("registration", row.code);
    if (row.code == "bad_encoding") reason = session.say(text::bad_encoding);
    if (row.code == "unclosed_quote") reason = session.say(text::unclosed_quote);
    if (row.code == "line_too_long") reason = session.say(text::line_too_long);
    if (row.first_line) reason += session.say(text::first_line, {std::to_string(*row.first_line)});
    return reason;
}

std::string csv_text(const std::string& text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
}

// With a byte order mark, so that a spreadsheet shows the reasons as they are.
void write_errors(const Session& session, const std::string& file, const std::vector<BadRow>& bad)
{
    std::string out = "\xEF\xBB\xBFline,column,code,reason\r\n";
    for (const auto& row : bad)
        out += std::to_string(row.line) + ',' + column_text(row) + ',' + row.code + ',' +
               csv_text(reason_text(session, row)) + "\r\n";
    write_file(session, file, out, Privacy::open);
}

void print_bad(const Session& session, const std::vector<BadRow>& bad)
{
    constexpr std::size_t most_shown = 20;
    Table table({{session.say(text::title_line), Align::right},
                 {session.say(text::title_column)},
                 {session.say(text::title_reason)}});
    for (std::size_t i = 0; i < std::min(bad.size(), most_shown); ++i)
        table.row({std::to_string(bad[i].line), column_text(bad[i]), reason_text(session, bad[i])});
    if (!table.empty()) std::cout << table.render();
    if (bad.size() > most_shown)
        std::cout << session.say(text::and_more, {grouped(static_cast<std::int64_t>(bad.size() - most_shown))}) << '\n';
}

void print_summary(const Session& session, const RosterResult& result, double seconds, RunMode mode)
{
    Table table({{session.say(mode == RunMode::check ? text::title_check : text::title_import)}, {"", Align::right}});
    const auto rate = seconds > 0 ? static_cast<std::int64_t>(static_cast<double>(result.rows) / seconds) : 0;
    table.row({session.say(text::rows_read), grouped(result.rows)});
    table.row({session.say(mode == RunMode::check ? text::would_join : text::joined), grouped(result.joined)});
    table.row({session.say(text::unchanged), grouped(result.unchanged)});
    table.row({session.say(text::rejected), grouped(static_cast<std::int64_t>(result.bad.size()))});
    std::map<std::string, std::int64_t> by_code;
    for (const auto& row : result.bad) ++by_code[row.code];
    for (const auto& [code, count] : by_code) table.row({"  " + code, grouped(count)});
    table.row({session.say(text::rows_per_second), grouped(rate)});
    std::cout << table.render();
}

void print_json(const RosterResult& result, double seconds, const Uuid& import_id)
{
    std::cout << "{\"import_id\":\"" << to_string(import_id) << "\",\"rows\":" << result.rows
              << ",\"joined\":" << result.joined << ",\"unchanged\":" << result.unchanged
              << ",\"rejected\":" << result.bad.size() << ",\"seconds\":" << seconds << "}\n";
}

struct TimedResult {
    RosterResult result;
    double seconds = 0;
};

TimedResult run(const Session& session, Connection& connection, const OpenRoster& roster,
                const RosterRunSettings& settings)
{
    RosterFile file(roster.bytes, roster.layout);
    Progress progress(session.say(settings.mode == RunMode::check ? text::checking : text::importing),
                      static_cast<std::int64_t>(roster.bytes.size()));
    const auto begin = steady_clock::now();
    TimedResult timed;
    timed.result = run_roster(session, connection, file, settings,
                              [&](std::size_t offset) { progress.show(static_cast<std::int64_t>(offset)); });
    timed.seconds = std::chrono::duration<double>(steady_clock::now() - begin).count();
    return timed;
}

int conclude(const Session& session, const ImportOptions& options, const TimedResult& timed,
             const RosterRunSettings& settings)
{
    const auto& result = timed.result;
    if (!options.errors.empty()) write_errors(session, options.errors, result.bad);
    if (options.json) {
        print_json(result, timed.seconds, settings.import_id);
    } else if (!result.stopped_exit_code || result.joined + result.unchanged > 0) {
        if (options.errors.empty()) print_bad(session, result.bad);
        print_summary(session, result, timed.seconds, settings.mode);
        if (!options.errors.empty() && !result.bad.empty())
            std::cout << session.say(text::errors_written, {options.errors}) << '\n';
    }
    if (!result.stopped_exit_code) return result.bad.empty() ? exit_code::accepted : exit_code::not_all;
    std::cerr << session.say(text::import_stopped, {result.stopped_why}) << '\n';
    return *result.stopped_exit_code;
}

}  // namespace

int import_roster(const Session& session, const ImportOptions& options)
{
    std::error_code unknown;
    if (!options.errors.empty() && std::filesystem::equivalent(options.file, options.errors, unknown))
        throw session.failure(Exit::usage, text::errors_over_roster, {options.errors});
    if (!options.errors.empty()) require_writable(session, options.errors);
    const auto roster = open_roster(session, options);
    RosterRunSettings settings;
    settings.actor = read_actor(session, options.actor);
    settings.patience = std::chrono::seconds(options.timeout_seconds);
    // Of the content, so that the same file is the same import whenever it is uploaded: who left since stays out.
    settings.import_id = options.import_id.empty() ? uuid_of_content(as_bytes(roster.bytes))
                                                   : read_uuid(session, "--import-id", options.import_id);
    Connection connection(session);
    if (options.dry_run || options.all_or_nothing) {
        settings.mode = RunMode::check;
        const auto checked = run(session, connection, roster, settings);
        const bool is_good = checked.result.bad.empty() && !checked.result.stopped_exit_code;
        if (options.dry_run || !is_good) return conclude(session, options, checked, settings);
        settings.mode = RunMode::import;
    }
    return conclude(session, options, run(session, connection, roster, settings), settings);
}

}  // namespace gonghui::ctl
