#include "board.hpp"

#include <algorithm>

namespace gonghui::pledges {

namespace {

struct Words {
    std::string_view zh, en;
    [[nodiscard]] std::string in(Language language) const { return std::string(language == Language::en ? en : zh); }
};

constexpr Words members{"发展会员", "new members"};
constexpr Words trained{"培训人次", "seats in classes"};
constexpr Words evenings{"联谊活动", "matchmaking evenings"};
constexpr Words visits{"驿站服务人次", "visits to stations"};

constexpr Words line{"%k %p/%t（%q%），按时间应完成 %e：", "%k %p of %t (%q%), the time asks for %e: "};
constexpr Words done{"已完成", "done"};
constexpr Words ahead{"进度超前", "ahead"};
constexpr Words on_course{"进度达标", "on course"};
constexpr Words behind{"落后 %d", "%d behind"};

constexpr Words nothing{"没有承诺", "Nothing is promised."};
constexpr Words time{"全年时间过 %y%；", "%y% of the year is over; "};
constexpr Words half{"时间过半、任务过半；", "half the year, half the task; "};
constexpr Words sums{"共 %n 项：完成 %f 项，达标 %a 项，落后 %b 项",
                     "of %n promises %f done, %a on course or ahead, %b behind"};

using Figures = std::vector<std::pair<std::string_view, std::string>>;

std::string filled(const Words& words, Language language, const Figures& figures)
{
    auto text = words.in(language);
    for (const auto& [word, figure] : figures)
        if (const auto at = text.find(word); at != std::string::npos) text.replace(at, word.size(), figure);
    return text;
}

const Words& name_of(Kind kind)
{
    switch (kind) {
        case Kind::members:
            return members;
        case Kind::trained:
            return trained;
        case Kind::evenings:
            return evenings;
        case Kind::visits:
            break;
    }
    return visits;
}

std::string verdict(const PledgeOnBoard& pledge, Language language)
{
    if (pledge.state == State::done) return done.in(language);
    if (pledge.state == State::behind)
        return filled(behind, language, {{"%d", std::to_string(pledge.expected - pledge.progress)}});
    return (pledge.progress > pledge.expected ? ahead : on_course).in(language);
}

}  // namespace

State state_of(std::int64_t target, std::int64_t progress, std::int64_t expected)
{
    if (progress >= target) return State::done;
    return progress >= expected ? State::ahead : State::behind;
}

void judge(PledgeOnBoard& pledge, const Passed& passed, Language language)
{
    pledge.expected = expected(pledge.target, passed);
    pledge.percent = 100 * pledge.progress / pledge.target;
    pledge.state = state_of(pledge.target, pledge.progress, pledge.expected);
    pledge.text = filled(line, language,
                         {{"%k", name_of(pledge.kind).in(language)},
                          {"%p", std::to_string(pledge.progress)},
                          {"%t", std::to_string(pledge.target)},
                          {"%q", std::to_string(pledge.percent)},
                          {"%e", std::to_string(pledge.expected)}}) +
                  verdict(pledge, language);
}

std::string glance(const std::vector<PledgeOnBoard>& pledges, const Passed& passed, Language language)
{
    if (pledges.empty()) return nothing.in(language);
    const auto count = [&](State state) {
        return std::to_string(
            std::count_if(pledges.begin(), pledges.end(), [&](const auto& one) { return one.state == state; }));
    };
    const bool all_half =
        std::all_of(pledges.begin(), pledges.end(), [](const auto& one) { return 2 * one.progress >= one.target; });
    const auto year = percent(passed);
    return filled(time, language, {{"%y", std::to_string(year)}}) +
           (all_half && year >= 50 && year < 100 ? half.in(language) : "") +
           filled(sums, language,
                  {{"%n", std::to_string(pledges.size())},
                   {"%f", count(State::done)},
                   {"%a", count(State::ahead)},
                   {"%b", count(State::behind)}});
}

}  // namespace gonghui::pledges
