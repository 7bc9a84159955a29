#include "board.hpp"

#include <gtest/gtest.h>

namespace gonghui::pledges {
namespace {

using namespace std::chrono_literals;

PledgeOnBoard promised(Kind kind, std::int64_t target, std::int64_t progress)
{
    PledgeOnBoard one;
    one.kind = kind;
    one.target = target;
    one.progress = progress;
    return one;
}

PledgeOnBoard judged(std::int64_t progress, Language language = Language::zh_cn)
{
    auto one = promised(Kind::members, 1000, progress);
    judge(one, passed(2026, 2026y / 7 / 2), language);
    return one;
}

TEST(Board, SaysHowFarOneIs)
{
    EXPECT_EQ(judged(501).text, "发展会员 501/1000（50%），按时间应完成 501：进度达标");
    EXPECT_EQ(judged(620).text, "发展会员 620/1000（62%），按时间应完成 501：进度超前");
    EXPECT_EQ(judged(500).text, "发展会员 500/1000（50%），按时间应完成 501：落后 1");
    EXPECT_EQ(judged(1200).text, "发展会员 1200/1000（120%），按时间应完成 501：已完成");
    EXPECT_EQ(judged(480, Language::en).text, "new members 480 of 1000 (48%), the time asks for 501: 21 behind");
}

TEST(Board, AheadIsWhatTheTimeAsksForOrMore)
{
    EXPECT_EQ(judged(500).state, State::behind);
    EXPECT_EQ(judged(501).state, State::ahead);
    EXPECT_EQ(judged(999).state, State::ahead);
    EXPECT_EQ(judged(1000).state, State::done);
}

TEST(Board, OneLineTellsAll)
{
    const auto july = passed(2026, 2026y / 7 / 2);
    std::vector<PledgeOnBoard> all{promised(Kind::members, 1000, 700), promised(Kind::visits, 100, 100),
                                   promised(Kind::evenings, 10, 5)};
    for (auto& one : all) judge(one, july, Language::zh_cn);
    EXPECT_EQ(glance(all, july, Language::zh_cn),
              "全年时间过 50%；时间过半、任务过半；共 3 项：完成 1 项，达标 2 项，落后 0 项");
    all.push_back(promised(Kind::trained, 400, 10));
    for (auto& one : all) judge(one, july, Language::en);
    EXPECT_EQ(glance(all, july, Language::en),
              "50% of the year is over; of 4 promises 1 done, 2 on course or ahead, 1 behind");
    EXPECT_EQ(glance({}, july, Language::zh_cn), "没有承诺");
}

TEST(Board, HalfTheTaskIsOnlySaidWhenHalfTheYearIsOver)
{
    const auto march = passed(2026, 2026y / 3 / 1);
    EXPECT_EQ(glance({promised(Kind::members, 2, 1)}, march, Language::zh_cn).find("任务过半"), std::string::npos);
    const auto over = passed(2026, 2027y / 3 / 1);
    EXPECT_EQ(glance({promised(Kind::members, 2, 1)}, over, Language::zh_cn).find("任务过半"), std::string::npos);
}

}  // namespace
}  // namespace gonghui::pledges
