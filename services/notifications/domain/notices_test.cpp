#include "services/notifications/domain/notices.hpp"

#include "services/notifications/domain/catalogue.hpp"

#include <gmock/gmock.h>

namespace gonghui::notifications {
namespace {

PersonId person()
{
    return PersonId(Uuid::parse("00000000-0000-4000-8000-000000000001").value());
}

UtcTime at(std::string_view text)
{
    return parse_time(text).value();
}

Occasion tea()
{
    return {"茶艺", "Tea", "工人文化宫", at("2026-03-01T11:30:00Z"), 480};
}

template <class Event>
Event of(Event event)
{
    event.person_id = person();
    return event;
}

// Every notice that a rule can make, by the event that it follows from.
std::vector<Notice> every_notice()
{
    std::vector<Notice> notices;
    for (const auto via : {training::SeatTakenVia::first_come, training::SeatTakenVia::offer}) {
        training::SeatTaken taken;
        taken.via = via;
        notices.push_back(notice_of(of(taken), tea()));
    }
    notices.push_back(notice_of(of(training::Waitlisted{}), tea()));
    notices.push_back(notice_of(of(training::SeatOffered{}), tea()));
    notices.push_back(notice_of(of(training::OfferLapsed{}), tea()));
    for (int reason = 0; reason < 3; ++reason) {
        training::EnrollmentCancelled cancelled;
        cancelled.reason = static_cast<decltype(cancelled.reason)>(reason);
        notices.push_back(notice_of(of(cancelled), tea()));
        training::WaitingLeft left;
        left.reason = static_cast<decltype(left.reason)>(reason);
        notices.push_back(notice_of(of(left), tea()));
    }
    auto announced = notice_of(AnnouncementId{}, person());
    announced.parameters = parameters_of({{}, "停电", "Power cut", "周六", "Saturday", "联合工会"});
    notices.push_back(announced);
    notices.push_back(notice_of(of(matchmaking::SignedUp{}), tea()));
    notices.push_back(notice_of(of(matchmaking::SignUpWaitlisted{}), tea()));
    notices.push_back(notice_of(of(matchmaking::SignUpPromoted{}), tea()));
    notices.push_back(notice_of(of(matchmaking::ResultReady{}), tea()));
    for (int reason = 0; reason < 4; ++reason) {
        matchmaking::SignUpCancelled cancelled;
        cancelled.reason = static_cast<matchmaking::SignUpEnd>(reason);
        notices.push_back(notice_of(of(cancelled), tea()));
    }
    registration::MemberJoined joined;
    joined.application_id = ApplicationId{};
    notices.push_back(notice_of(of(joined), Union{"示例工会"}).value());
    for (int reason = 0; reason < 4; ++reason) {
        registration::ApplicationRefused refused;
        refused.reason = static_cast<registration::ApplicationRefusalReason>(reason);
        notices.push_back(notice_of(of(refused)));
    }
    notices.push_back(notice_of(of(registration::MemberTransferred{}), Union{"示例工会"}));
    notices.push_back(notice_of(of(registration::MemberRestored{}), Union{"示例工会"}));
    for (const auto reason : {registration::RetainReason::retired, registration::RetainReason::unemployed}) {
        registration::MemberRetained retained;
        retained.reason = reason;
        notices.push_back(notice_of(of(retained)));
    }
    for (const auto reason : {registration::LeaveReason::resigned, registration::LeaveReason::moved_away,
                              registration::LeaveReason::expelled}) {
        registration::MemberLeft left;
        left.reason = reason;
        notices.push_back(notice_of(of(left)).value());
    }
    return notices;
}

TEST(Notices, RenderInBothLanguages)
{
    for (const auto& notice : every_notice())
        for (const auto language : {Language::zh_cn, Language::en}) {
            const auto text = render(notice.template_name, tag_of(language), notice.parameters);
            EXPECT_TRUE(text) << text.error();
        }
}

TEST(Notices, UseEveryMessageKind)
{
    const auto notices = every_notice();
    for (const auto& kind : message_kinds())
        EXPECT_TRUE(std::ranges::any_of(notices, [&](const Notice& one) { return one.template_name == kind.name; }))
            << kind.name;
}

TEST(Notices, HoldTheParametersOfTheirPreviewAndNoOthers)
{
    for (const auto& notice : every_notice()) {
        std::vector<std::string> held;
        std::vector<std::string> previewed;
        for (const auto& [name, value] : notice.parameters) held.push_back(name);
        for (const auto& [name, value] : find_message_kind(notice.template_name)->preview) previewed.push_back(name);
        EXPECT_EQ(held, previewed) << notice.template_name;
    }
}

TEST(Notices, WriteTimesAsTheClockOnTheWallShowsThem)
{
    const auto notice = notice_of(of(training::SeatTaken{}), tea());
    EXPECT_EQ(notice.parameters.at("starts_at"), "2026-03-01 19:30");
}

TEST(Notices, SayThatASeatCameFromTheWaitingLine)
{
    training::SeatTaken taken;
    taken.via = training::SeatTakenVia::offer;
    EXPECT_EQ(notice_of(of(taken), tea()).template_name, "training_promoted");
}

TEST(Notices, WelcomeWhoAppliedAndNobodyOfARoster)
{
    registration::MemberJoined joined;
    EXPECT_FALSE(notice_of(of(joined), Union{"示例工会"}));
    joined.application_id = ApplicationId{};
    EXPECT_TRUE(notice_of(of(joined), Union{"示例工会"}));
}

TEST(Notices, DoNotWriteToTheDead)
{
    registration::MemberLeft left;
    left.reason = registration::LeaveReason::deceased;
    EXPECT_FALSE(notice_of(of(left)));
}

}  // namespace
}  // namespace gonghui::notifications
