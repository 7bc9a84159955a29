#include "services/ctl/domain/roster_file.hpp"

#include "common/text/utf8.hpp"
#include "services/ctl/domain/texts.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <vector>

namespace gonghui::ctl {

namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
constexpr std::size_t longest_field = 2'000;  // the schema's bound, in code points

struct Alias {
    std::string_view header;
    RosterColumn column;
};
constexpr std::array aliases{
    Alias{"姓名", RosterColumn::name},
    Alias{"name", RosterColumn::name},
    Alias{"证件号码", RosterColumn::id_number},
    Alias{"身份证号", RosterColumn::id_number},
    Alias{"身份证号码", RosterColumn::id_number},
    Alias{"公民身份号码", RosterColumn::id_number},
    Alias{"id_number", RosterColumn::id_number},
    Alias{"手机号码", RosterColumn::phone},
    Alias{"手机号", RosterColumn::phone},
    Alias{"手机", RosterColumn::phone},
    Alias{"联系电话", RosterColumn::phone},
    Alias{"phone", RosterColumn::phone},
    Alias{"电子邮箱", RosterColumn::email},
    Alias{"邮箱", RosterColumn::email},
    Alias{"电子邮件", RosterColumn::email},
    Alias{"email", RosterColumn::email},
    Alias{"e-mail", RosterColumn::email},
    Alias{"工会代码", RosterColumn::union_code},
    Alias{"工会统一社会信用代码", RosterColumn::union_code},
    Alias{"统一社会信用代码", RosterColumn::union_code},
    Alias{"union_code", RosterColumn::union_code},
    Alias{"性别", RosterColumn::sex},
    Alias{"sex", RosterColumn::sex},
    Alias{"出生年份", RosterColumn::birth_year},
    Alias{"birth_year", RosterColumn::birth_year},
};

constexpr std::array required{RosterColumn::name, RosterColumn::id_number, RosterColumn::phone,
                              RosterColumn::union_code};

std::size_t index_of(RosterColumn column)
{
    return static_cast<std::size_t>(column);
}

// "ID Number" and "id_number" are one.
std::string normalised(std::string_view header)
{
    std::string out;
    for (const char c : header)
        if (c == ' ')
            out += '_';
        else
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

using Headers = std::vector<std::string>;

Headers headers_of(std::string_view text, char delimiter, Encoding encoding)
{
    CsvReader reader(text, delimiter);
    Headers headers;
    if (reader.next() != CsvStep::record) return headers;
    std::optional<Gb18030Reader> converter;
    if (encoding == Encoding::gb18030) converter.emplace();
    for (const auto field : reader.record().fields)
        headers.push_back(normalised(converter ? converter->read(field).value_or("") : std::string(field)));
    return headers;
}

std::optional<std::size_t> find_header(const Headers& headers, std::string_view wanted)
{
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
    if (error == std::errc() && end == wanted.data() + wanted.size())
        return number >= 1 && number <= headers.size() ? std::optional(number - 1) : std::nullopt;
    const auto found = std::find(headers.begin(), headers.end(), normalised(wanted));
    if (found == headers.end()) return std::nullopt;
    return static_cast<std::size_t>(found - headers.begin());
}

// "姓名 (name)": as an officer's header has it, and as --columns takes it.
std::string in_both_languages(RosterColumn column)
{
    const auto* header =
        std::find_if(aliases.begin(), aliases.end(), [&](const Alias& known) { return known.column == column; });
    return std::string(header->header) + " (" + std::string(to_string(column)) + ')';
}

tl::expected<ColumnPlaces, NoRoster> places_of(const Headers& headers, const ColumnMapping& mapping)
{
    ColumnPlaces places;
    for (const auto& [column, wanted] : mapping) {
        places[index_of(column)] = find_header(headers, wanted);
        if (!places[index_of(column)]) return tl::make_unexpected(NoRoster{text::not_roster_unmapped, wanted});
    }
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const auto* alias = std::find_if(aliases.begin(), aliases.end(),
                                         [&](const Alias& known) { return known.header == headers[i]; });
        if (alias == aliases.end() || mapping.contains(alias->column)) continue;
        auto& place = places[index_of(alias->column)];
        if (place) return tl::make_unexpected(NoRoster{text::not_roster_twice, headers[i]});
        place = i;
    }
    std::string missing;
    for (const auto column : required)
        if (!places[index_of(column)]) missing += (missing.empty() ? "" : ", ") + in_both_languages(column);
    if (!missing.empty()) return tl::make_unexpected(NoRoster{text::not_roster_missing, missing});
    return places;
}

std::optional<NoRoster> why_no_text(std::string_view bytes)
{
    constexpr std::size_t looked_at = 4'096;
    const auto front = bytes.substr(0, looked_at);
    if (front.empty()) return NoRoster{text::not_roster_empty, {}};
    if (front.starts_with("%PDF-")) return NoRoster{text::not_roster_pdf, {}};
    if (front.starts_with("PK\x03\x04") || front.starts_with("\xD0\xCF\x11\xE0"))
        return NoRoster{text::not_roster_spreadsheet, {}};
    if (front.starts_with("\xFF\xFE") || front.starts_with("\xFE\xFF")) return NoRoster{text::not_roster_utf16, {}};
    // A NUL somewhere below is one bad field; up here it says that nothing is text.
    const auto header = front.substr(0, front.find('\n'));
    if (header.find('\0') != std::string_view::npos) return NoRoster{text::not_roster_binary, {}};
    return std::nullopt;
}

char delimiter_of(std::string_view text)
{
    const auto header = text.substr(0, text.find_first_of("\r\n"));
    for (const char delimiter : {',', '\t', ';'})
        if (header.find(delimiter) != std::string_view::npos) return delimiter;
    return ',';
}

// An ASCII header says nothing: the lines below do. One damaged field does not turn a UTF-8 file into GB18030.
Encoding encoding_of_lines(std::string_view text)
{
    std::int64_t utf8 = 0;
    std::int64_t other = 0;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const bool is_ascii = std::none_of(line.begin(), line.end(), [](char c) { return (c & 0x80) != 0; });
        if (!is_ascii) ++(is_utf8(line) ? utf8 : other);
    }
    return utf8 >= other ? Encoding::utf8 : Encoding::gb18030;
}

std::optional<registration::Sex> sex_of(std::string_view text)
{
    if (text == "男" || text == "male") return registration::Sex::male;
    if (text == "女" || text == "female") return registration::Sex::female;
    return std::nullopt;
}

std::optional<std::int64_t> year_of(std::string_view text)
{
    std::int64_t year = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), year);
    if (error != std::errc() || end != text.data() + text.size() || year < 1900 || year > 2100) return std::nullopt;
    return year;
}

}  // namespace

tl::expected<RosterLayout, NoRoster> recognise(std::string_view bytes, const ColumnMapping& mapping,
                                               std::optional<Encoding> encoding)
{
    if (auto no_text = why_no_text(bytes)) return tl::make_unexpected(*no_text);
    RosterLayout layout;
    const bool has_mark = bytes.starts_with(utf8_mark);
    if (has_mark) layout.begin = utf8_mark.size();
    const auto text = bytes.substr(layout.begin);
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return tl::make_unexpected(NoRoster{text::not_roster_empty, {}});
    layout.delimiter = delimiter_of(text);

    const auto header = text.substr(0, text.find_first_of("\r\n"));
    if (encoding)
        layout.encoding = *encoding;
    else if (!has_mark)
        layout.encoding = is_utf8(header) ? encoding_of_lines(text) : Encoding::gb18030;
    // Then the header is readable either way, and Chinese names in it settle the matter.
    auto places = places_of(headers_of(text, layout.delimiter, layout.encoding), mapping);
    if (!places && !encoding && layout.encoding == Encoding::gb18030 && is_utf8(header)) {
        layout.encoding = Encoding::utf8;
        places = places_of(headers_of(text, layout.delimiter, layout.encoding), mapping);
    }
    if (!places) return tl::make_unexpected(places.error());
    layout.places = *places;
    return layout;
}

std::optional<std::pair<RosterColumn, std::string>> parse_column(std::string_view text)
{
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals + 1 == text.size()) return std::nullopt;
    const auto column = registration::parse_roster_column(text.substr(0, equals));
    if (!column) return std::nullopt;
    return std::pair(*column, std::string(text.substr(equals + 1)));
}

RosterFile::RosterFile(std::string_view bytes, const RosterLayout& layout)
    : layout_(layout), reader_(bytes.substr(layout.begin), layout.delimiter)
{
    if (layout.encoding == Encoding::gb18030) converter_.emplace();
    reader_.next();  // the header
}

std::optional<std::variant<RosterRow, BadRow>> RosterFile::next()
{
    switch (reader_.next()) {
        case CsvStep::record:
            return read_record();
        case CsvStep::unclosed_quote:
            return BadRow{reader_.record().line, std::nullopt, "unclosed_quote"};
        case CsvStep::too_long:
            return BadRow{reader_.record().line, std::nullopt, "line_too_long"};
        case CsvStep::end:
            break;
    }
    return std::nullopt;
}

// nullopt: the bytes are no text.
std::optional<std::string> RosterFile::text_of(RosterColumn column)
{
    const auto place = layout_.places[index_of(column)];
    const auto& fields = reader_.record().fields;
    if (!place || *place >= fields.size()) return std::string();
    const auto field = fields[*place];
    if (field.find('\0') != std::string_view::npos) return std::nullopt;
    if (converter_) return converter_->read(field);
    return is_utf8(field) ? std::optional(std::string(field)) : std::nullopt;
}

std::variant<RosterRow, BadRow> RosterFile::read_record()
{
    std::array<std::string, roster_columns.size()> texts;
    const auto line = reader_.record().line;
    for (const auto column : roster_columns) {
        auto text = text_of(column);
        if (!text) return BadRow{line, column, "bad_encoding"};
        if (text->size() > longest_field && code_points(*text) > longest_field)
            return BadRow{line, column, "wrong_length"};
        texts[index_of(column)] = std::move(*text);
    }
    const auto take = [&](RosterColumn column) {
        return std::move(texts[index_of(column)]);
    };
    RosterRow row;
    row.line = line;
    row.sex = sex_of(texts[index_of(RosterColumn::sex)]);
    row.birth_year = year_of(texts[index_of(RosterColumn::birth_year)]);
    row.name = Personal(take(RosterColumn::name));
    row.id_number = Personal(take(RosterColumn::id_number));
    row.phone = Personal(take(RosterColumn::phone));
    if (!texts[index_of(RosterColumn::email)].empty()) row.email = Personal(take(RosterColumn::email));
    row.union_code = take(RosterColumn::union_code);
    return row;
}

}  // namespace gonghui::ctl
