#pragma once
// Records of a CSV file (RFC 4180, read leniently by libcsv) with the line that each begins on, as an editor counts
// lines: quoted fields may hold line breaks, lines end with LF, CRLF or CR.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::ctl {

// Fields without their quotes and, when unquoted, without the blanks around them; views until the next step.
struct CsvRecord {
    std::int64_t line = 0;
    std::vector<std::string_view> fields;
};

enum class CsvStep : std::uint8_t {
    record,
    unclosed_quote,  // a quote opens on that line and never closes; reading goes on with the next line
    too_long,        // the line is longer than a record may be; reading goes on with the next line
    end,
};

class CsvReader {
public:
    static constexpr std::size_t longest_record = 64 * 1024;

    // `text` outlives the reader.
    CsvReader(std::string_view text, char delimiter);
    ~CsvReader();
    CsvReader(CsvReader&&) noexcept;
    CsvReader& operator=(CsvReader&&) = delete;

    // The next record that is not blank, in `record()`; for a bad one that holds the line alone.
    CsvStep next();
    [[nodiscard]] const CsvRecord& record() const { return record_; }
    // How many bytes are behind.
    [[nodiscard]] std::size_t offset() const { return offset_; }

private:
    struct Parser;

    CsvStep take_record();
    CsvStep give_up(CsvStep why, std::size_t resume_at, std::int64_t resume_line);

    std::string_view text_;
    std::size_t offset_ = 0;
    std::int64_t line_ = 1;  // of the byte at offset_
    CsvRecord record_;
    std::unique_ptr<Parser> parser_;
};

}  // namespace gonghui::ctl
