#include "services/ctl/domain/levels.hpp"

#include <algorithm>

namespace gonghui::ctl {

std::vector<Lag> lags_of(const std::vector<PartitionReport>& reports)
{
    const auto head_of = [&](const Followed& followed) {
        const auto owner = std::find_if(reports.begin(), reports.end(), [&](const PartitionReport& report) {
            return report.answered && report.source == followed.source;
        });
        return owner == reports.end() ? followed.head : std::max(owner->head, followed.head);
    };
    std::vector<Lag> lags;
    for (const auto& report : reports)
        for (const auto& followed : report.follows) {
            const auto head = head_of(followed);
            lags.push_back({report.source, followed.source, followed.cursor, head,
                            std::max<std::int64_t>(0, head - followed.cursor), followed.diverged});
        }
    return lags;
}

Verdict judge(const std::vector<PartitionReport>& reports, const std::vector<Lag>& lags)
{
    Verdict verdict;
    for (const auto& report : reports) {
        if (!report.answered) ++verdict.silent;
        verdict.parked += report.parked;
    }
    for (const auto& lag : lags) {
        verdict.behind += lag.behind;
        if (lag.diverged) ++verdict.diverged;
    }
    return verdict;
}

std::optional<std::int64_t> live_per_mille(const std::vector<PartitionReport>& reports)
{
    std::int64_t live = 0;
    std::int64_t all = 0;
    for (const auto& report : reports) {
        live += report.events.live;
        all += report.events.live + report.events.from_pages;
    }
    if (all == 0) return std::nullopt;
    return live * 1'000 / all;
}

}  // namespace gonghui::ctl
