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
        found->second.pop_front();
        auto& holder = holders_[found->first];
        holder.under_way = true;
        holder.has_aside = !found->second.empty();
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
    if (!id.empty()) {
        auto& holder = holders_[id];
        if (holder.under_way || holder.has_aside) {
            holder.has_aside = true;
            aside_[std::move(id)].push_back(std::move(row));
            return;
        }
        holder.under_way = true;
    }
    gathered_.rows.push_back(std::move(row));
}

RosterBatch RosterBatches::take()
{
    for (auto& row : gathered_.rows) {
        const auto found = holders_.find(normal_id_number(row.id_number.reveal()));
        if (found != holders_.end()) row.earlier_line = found->second.good_line;
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
        auto& holder = holders_[id];
        holder.under_way = false;
        if (!holder.good_line && !bad_lines.contains(row.line)) holder.good_line = row.line;
        if (holder.has_aside) free_.push_back(std::move(id));
    }
}

}  // namespace gonghui::ctl
