#pragma once
// A roster as an officer's spreadsheet writes it: CSV, UTF-8 with or without a byte order mark or GB18030, one header
// row with Chinese or English names in any order. What it means is registration's to judge; here it is only read.

#include "common/text/language.hpp"
#include "schemas/generated/registration/messages.hpp"
#include "services/ctl/domain/csv.hpp"
#include "services/ctl/domain/encoding.hpp"

#include <tl/expected.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace gonghui::ctl {

using registration::RosterColumn;
using registration::RosterRow;

inline constexpr std::array roster_columns{RosterColumn::name,      RosterColumn::id_number,  RosterColumn::phone,
                                           RosterColumn::email,     RosterColumn::union_code, RosterColumn::sex,
                                           RosterColumn::birth_year};

// Where each column stands, counted from 0.
using ColumnPlaces = std::array<std::optional<std::size_t>, roster_columns.size()>;

// What the operator said about columns: column -> header or number from 1.
using ColumnMapping = std::map<RosterColumn, std::string>;

struct RosterLayout {
    Encoding encoding = Encoding::utf8;
    char delimiter = ',';
    std::size_t begin = 0;  // behind a byte order mark
    ColumnPlaces places;
};

// Why a file is no roster at all.
struct NoRoster {
    Text why;
    std::string detail;  // names what is missing, or what stands there instead
};

// Looks at the beginning of the file, and at more only when its header leaves the encoding open. `encoding`: what the
// operator said about it.
tl::expected<RosterLayout, NoRoster> recognise(std::string_view bytes, const ColumnMapping& mapping = {},
                                               std::optional<Encoding> encoding = std::nullopt);

// "name=姓名" or "phone=4"; nullopt when it is no such thing.
std::optional<std::pair<RosterColumn, std::string>> parse_column(std::string_view text);

// A row that is not worth sending. `column` is absent when the whole line is broken.
struct BadRow {
    std::int64_t line = 0;
    std::optional<RosterColumn> column;
    std::string code;  // of registration's refusals, or one of ours: bad_encoding, unclosed_quote, line_too_long
    std::optional<std::int64_t> first_line{};
};

class RosterFile {
public:
    // `bytes` outlives it.
    RosterFile(std::string_view bytes, const RosterLayout& layout);

    // The next row below the header; nullopt at the end.
    std::optional<std::variant<RosterRow, BadRow>> next();
    // How many bytes are behind, for a progress bar.
    [[nodiscard]] std::size_t offset() const { return layout_.begin + reader_.offset(); }

private:
    std::variant<RosterRow, BadRow> read_record();
    std::optional<std::string> text_of(RosterColumn column);

    RosterLayout layout_;
    CsvReader reader_;
    std::optional<Gb18030Reader> converter_;
};

}  // namespace gonghui::ctl
