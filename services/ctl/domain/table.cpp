#include "services/ctl/domain/table.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gonghui::ctl {

namespace {

// The next code point of valid UTF-8; anything else counts byte by byte.
char32_t next_code_point(std::string_view& text)
{
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (lead < 0x80 || (lead & 0x40U) == 0 || text.size() < size) {
        text.remove_prefix(1);
        return lead;
    }
    char32_t point = lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) point = point << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
    text.remove_prefix(size);
    return point;
}

using Range = std::pair<char32_t, char32_t>;
constexpr std::array wide{Range{0x1100, 0x115F},  Range{0x2E80, 0x303E},   Range{0x3041, 0xA4CF},
                          Range{0xA960, 0xA97F},  Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
                          Range{0xFE10, 0xFE19},  Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},
                          Range{0xFFE0, 0xFFE6},  Range{0x1F300, 0x1F64F}, Range{0x1F900, 0x1F9FF},
                          Range{0x20000, 0x3FFFD}};
constexpr std::array combining{Range{0x0300, 0x036F}, Range{0x200B, 0x200F}, Range{0xFE00, 0xFE0F}};

template <class Ranges>
bool lies_in(char32_t point, const Ranges& ranges)
{
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const Range& range) { return point >= range.first && point <= range.second; });
}

std::string padded(const std::string& text, std::size_t width, Align align)
{
    const std::string blanks(width - std::min(width, display_width(text)), ' ');
    return align == Align::left ? text + blanks : blanks + text;
}

}  // namespace

std::size_t display_width(std::string_view text)
{
    std::size_t width = 0;
    while (!text.empty()) {
        const auto point = next_code_point(text);
        width += lies_in(point, wide) ? std::size_t{2} : lies_in(point, combining) ? std::size_t{0} : std::size_t{1};
    }
    return width;
}

std::string grouped(std::int64_t number)
{
    const auto digits = std::to_string(number);
    const std::size_t first = number < 0 ? 1 : 0;
    std::string out;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > first && (digits.size() - i) % 3 == 0) out += ',';
        out += digits[i];
    }
    return out;
}

std::string as_size(std::int64_t bytes)
{
    constexpr std::array units{" B", " KiB", " MiB", " GiB", " TiB"};
    std::size_t unit = 0;
    auto tenths = bytes * 10;
    while (tenths >= 10'240 && unit + 1 < units.size()) {
        tenths /= 1'024;
        ++unit;
    }
    auto text = std::to_string(tenths / 10);
    if (unit > 0) text += '.' + std::to_string(tenths % 10);
    return text + units[unit];
}

void Table::row(std::vector<std::string> cells)
{
    cells.resize(columns_.size());
    rows_.push_back(std::move(cells));
}

std::string Table::render() const
{
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        widths.push_back(display_width(columns_[i].title));
        for (const auto& row : rows_) widths[i] = std::max(widths[i], display_width(row[i]));
    }
    std::string out;
    const auto line = [&](const auto& cell) {
        for (std::size_t i = 0; i < columns_.size(); ++i)
            out += (i == 0 ? "" : "  ") + padded(cell(i), widths[i], columns_[i].align);
        out.erase(out.find_last_not_of(' ') + 1);
        out += '\n';
    };
    line([&](std::size_t i) { return columns_[i].title; });
    line([&](std::size_t i) { return std::string(widths[i], '-'); });
    for (const auto& row : rows_) line([&](std::size_t i) { return row[i]; });
    return out;
}

std::string progress_bar(std::int64_t done, std::int64_t total, std::size_t width)
{
    const auto share = total > 0 ? std::min(done, total) * 1'000 / total : 1'000;
    const auto full = static_cast<std::size_t>(share) * width / 1'000;
    const auto percent = std::to_string(share / 10);
    const std::string blanks(3 - std::min<std::size_t>(3, percent.size()), ' ');
    return '[' + std::string(full, '#') + std::string(width - full, '-') + "] " + blanks + percent + " %";
}

}  // namespace gonghui::ctl
