#include "rules.hpp"

#include "calendar.hpp"

namespace gonghui::pledges {

namespace {

template <class Message>
bool permitted(const Deciding& deciding)
{
    return permits(Message::rights, deciding.actor, deciding.standing, std::nullopt);
}

// Workers decide nothing here, and are refused before.
By role_of(const Actor& actor)
{
    return parse_by(to_string(actor.role)).value();
}

bool is_over(std::int64_t year, UtcTime now)
{
    return year < year_of(date_of(now));
}

// Why a promise that is there cannot be touched.
template <class Message>
std::optional<Refusal> obstacle(const Deciding& deciding, const std::optional<PledgeFacts>& pledge)
{
    if (!permitted<Message>(deciding)) return Refusal{refusal::not_permitted, {}};
    if (!pledge) return Refusal{refusal::unknown_pledge, {}};
    if (pledge->is_withdrawn) return Refusal{refusal::pledge_withdrawn, {}};
    if (is_over(pledge->year, deciding.now)) return Refusal{refusal::year_over, {{"year", pledge->year}}};
    return std::nullopt;
}

}  // namespace

Decided<Pledged> pledge(const Pledge& command, const Deciding& deciding, Organisation organisation,
                        const std::optional<PledgeFacts>& before)
{
    if (!permitted<Pledge>(deciding)) return refused(refusal::not_permitted);
    if (organisation == Organisation::unknown) return refused(refusal::unknown_organisation);
    if (organisation == Organisation::closed) return refused(refusal::organisation_closed);
    if (before) return refused(refusal::pledge_exists);
    if (is_over(command.year, deciding.now)) return refused(refusal::year_over, {{"year", command.year}});
    return Pledged{.pledge_id = command.pledge_id,
                   .organisation_id = command.organisation_id,
                   .year = command.year,
                   .kind = command.kind,
                   .target = command.target,
                   .title_zh = command.title_zh,
                   .title_en = command.title_en,
                   .by = role_of(deciding.actor),
                   .at = deciding.now};
}

Decided<Changed> change(const Change& command, const Deciding& deciding, const std::optional<PledgeFacts>& pledge)
{
    if (auto why = obstacle<Change>(deciding, pledge)) return tl::make_unexpected(std::move(*why));
    Changed changed{.pledge_id = command.pledge_id,
                    .target = command.target.value_or(pledge->target),
                    .title_zh = command.title_zh.value_or(pledge->title_zh),
                    .title_en = command.title_en ? command.title_en : pledge->title_en,
                    .reason = command.reason,
                    .by = role_of(deciding.actor),
                    .at = deciding.now};
    if (changed.target == pledge->target && changed.title_zh == pledge->title_zh &&
        changed.title_en == pledge->title_en)
        return refused(refusal::nothing_changed);
    return changed;
}

Decided<Withdrawn> withdraw(const Withdraw& command, const Deciding& deciding, const std::optional<PledgeFacts>& pledge)
{
    if (auto why = obstacle<Withdraw>(deciding, pledge)) return tl::make_unexpected(std::move(*why));
    return Withdrawn{
        .pledge_id = command.pledge_id, .reason = command.reason, .by = role_of(deciding.actor), .at = deciding.now};
}

}  // namespace gonghui::pledges
