#include "services/ctl/domain/csv.hpp"

#include <csv.h>

#include <algorithm>
#include <new>

namespace gonghui::ctl {

// libcsv and the fields of the record it is in.
struct CsvReader::Parser {
    explicit Parser(char delimiter)
    {
        if (csv_init(&native, 0) != 0) throw std::bad_alloc();
        csv_set_delim(&native, static_cast<unsigned char>(delimiter));
    }
    ~Parser() { csv_free(&native); }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;

    static void on_field(void* bytes, std::size_t size, void* self)
    {
        auto& parser = *static_cast<Parser*>(self);
        parser.bytes.append(static_cast<const char*>(bytes), size);
        parser.ends.push_back(parser.bytes.size());
    }
    static void on_record(int, void* self) { static_cast<Parser*>(self)->is_complete = true; }

    void feed(std::string_view text)
    {
        if (csv_parse(&native, text.data(), text.size(), on_field, on_record, this) != text.size())
            throw std::bad_alloc();
    }
    // False when a quote is still open.
    bool finish()
    {
        // Strict only here: before, a stray quote within a field is taken as it stands.
        csv_set_opts(&native, CSV_STRICT | CSV_STRICT_FINI);
        return csv_fini(&native, on_field, on_record, this) == 0;
    }

    void begin()
    {
        bytes.clear();
        ends.clear();
        is_complete = false;
    }

    csv_parser native{};
    std::string bytes;
    std::vector<std::size_t> ends;
    bool is_complete = false;
};

namespace {

// The line at the front, with its end.
std::string_view first_line(std::string_view text)
{
    const auto at = text.find_first_of("\r\n");
    if (at == std::string_view::npos) return text;
    const bool is_crlf = text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
    return text.substr(0, at + (is_crlf ? 2 : 1));
}

}  // namespace

CsvReader::CsvReader(std::string_view text, char delimiter) : text_(text), parser_(std::make_unique<Parser>(delimiter))
{
}

CsvReader::~CsvReader() = default;
CsvReader::CsvReader(CsvReader&&) noexcept = default;

CsvStep CsvReader::next()
{
    record_.fields.clear();
    parser_->begin();
    const auto begin = offset_;
    auto resume_at = begin;  // after the record's first line
    auto resume_line = line_;
    bool is_open = false;
    while (offset_ < text_.size()) {
        const auto line = first_line(text_.substr(offset_));
        const auto line_number = line_++;
        offset_ += line.size();
        if (!is_open) {
            if (line.find_first_not_of(" \t\r\n") == std::string_view::npos) continue;
            record_.line = line_number;
            resume_at = offset_;
            resume_line = line_;
            is_open = true;
        }
        if (line.size() > longest_record) return give_up(CsvStep::too_long, resume_at, resume_line);
        parser_->feed(line);
        if (parser_->is_complete) return take_record();
        if (parser_->bytes.size() + (offset_ - resume_at) > longest_record)
            return give_up(CsvStep::unclosed_quote, resume_at, resume_line);
    }
    if (!is_open) return CsvStep::end;
    return parser_->finish() ? take_record() : give_up(CsvStep::unclosed_quote, resume_at, resume_line);
}

CsvStep CsvReader::take_record()
{
    std::size_t begin = 0;
    for (const auto end : parser_->ends) {
        record_.fields.push_back(std::string_view(parser_->bytes).substr(begin, end - begin));
        begin = end;
    }
    return CsvStep::record;
}

// A parser cannot be told to forget an open quote; a new one can go on behind it.
CsvStep CsvReader::give_up(CsvStep why, std::size_t resume_at, std::int64_t resume_line)
{
    offset_ = resume_at;
    line_ = resume_line;
    parser_ = std::make_unique<Parser>(static_cast<char>(csv_get_delim(&parser_->native)));
    return why;
}

}  // namespace gonghui::ctl
