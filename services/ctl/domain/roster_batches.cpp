#include "services/ctl/domain/roster_batches.hpp"

#include <utility>

namespace gonghui::ctl {

namespace {

constexpr std::string_view ideographic_space = "\xE3\x80\x80";

std::string_view trimmed(std::string_view text)
{
    for (;;) {
        if (text.starts_with(ideographic_space))
            text.remove_prefix(ideographic_space.size());
        else if (text.ends_with(ideographic_space))
            text.remove_suffix(ideographic_space.size());
        else if (!text.empty() && std::string_view(" \t\r\n").find(text.front()) != std::string_view::npos)
            text.remove_prefix(1);
        else if (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos)
            text.remove_suffix(1);
        else
            return text;
    }
}

}  // namespace

std::string normal_id_number(std::string_view written)
{
    std::string text(trimmed(written));
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

bool RosterBatches::gather()
{
    if (is_gathered_) return true;
    gathered_.rows.clear();
    gathered_.rows.reserve(most_rows);
    for (; !free_.empty() && gathered_.rows.size() < most_rows; free_.pop_front()) {
        const auto found = aside_.find(free_.front());
        gathered_.rows.push_back(std::move(found->second.front()));
        under_way_.insert(found->first);
        found->second.pop_front();
        if (found->second.empty()) aside_.erase(found);
    }
    while (gathered_.rows.size() < most_rows) {
        auto read = file_.next();
        if (!read) break;
        ++rows_read_;
        if (auto* bad = std::get_if<BadRow>(&*read))
            bad_.push_back(std::move(*bad));
        else
            add(std::move(std::get<RosterRow>(*read)));
    }
    is_gathered_ = !gathered_.rows.empty();
    return is_gathered_ || !aside_.empty();
}

void RosterBatches::add(RosterRow row)
{
    auto id = normal_id_number(row.id_number.reveal());
    if (id.empty()) {
        gathered_.rows.push_back(std::move(row));
    } else if (under_way_.contains(id) || aside_.contains(id)) {
        aside_[std::move(id)].push_back(std::move(row));
    } else {
        under_way_.insert(std::move(id));
        gathered_.rows.push_back(std::move(row));
    }
}

RosterBatch RosterBatches::take()
{
    for (auto& row : gathered_.rows) {
        const auto found = good_lines_.find(normal_id_number(row.id_number.reveal()));
        if (found != good_lines_.end()) row.earlier_line = found->second;
    }
    gathered_.number = next_number_++;
    is_gathered_ = false;
    return std::exchange(gathered_, {});
}

void RosterBatches::on_answer(const RosterBatch& batch, const std::set<std::int64_t>& bad_lines)
{
    for (const auto& row : batch.rows) {
        auto id = normal_id_number(row.id_number.reveal());
        if (id.empty()) continue;
        under_way_.erase(id);
        if (aside_.contains(id)) free_.push_back(id);
        if (!bad_lines.contains(row.line)) good_lines_.emplace(std::move(id), row.line);
    }
}

}  // namespace gonghui::ctl
