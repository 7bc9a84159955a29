#pragma once
// Tables for a terminal. Chinese characters take two cells, so widths are of what is seen, not of bytes.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::ctl {

// Cells that a UTF-8 text takes in a terminal (Unicode TR11: wide and full-width take two, combining marks none).
std::size_t display_width(std::string_view text);

// As an operator reads it: 1234567 -> "1,234,567".
std::string grouped(std::int64_t number);
// 1536 -> "1.5 KiB".
std::string as_size(std::int64_t bytes);

enum class Align : std::uint8_t { left, right };

class Table {
public:
    struct Column {
        std::string title;
        Align align = Align::left;
    };

    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    // As many cells as there are columns; missing ones are empty.
    void row(std::vector<std::string> cells);
    [[nodiscard]] bool empty() const { return rows_.empty(); }

    // Titles, a line, rows; each ends with a line break and without blanks before it.
    [[nodiscard]] std::string render() const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

// "[######------]  50 %": `width` cells between the brackets.
std::string progress_bar(std::int64_t done, std::int64_t total, std::size_t width);

}  // namespace gonghui::ctl
