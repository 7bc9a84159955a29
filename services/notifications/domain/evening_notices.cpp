#include "services/notifications/domain/notices.hpp"
#include "services/notifications/domain/quiet_hours.hpp"

namespace gonghui::notifications {

namespace {

Parameters about(const Occasion& evening)
{
    return {{"evening.zh-CN", evening.title_zh}, {"evening.en", evening.title_en}};
}

Parameters with_time(const Occasion& evening)
{
    auto parameters = about(evening);
    parameters["starts_at"] = evening.starts_at ? to_local_text(*evening.starts_at, evening.utc_offset_minutes) : "-";
    return parameters;
}

Parameters with_time_and_place(const Occasion& evening)
{
    auto parameters = with_time(evening);
    parameters["venue"] = evening.venue;
    return parameters;
}

// A code of templates/phrases.
std::string phrase_of(matchmaking::SignUpEnd reason)
{
    return "sign_up." + std::string(to_string(reason));
}

}  // namespace

Notice notice_of(const matchmaking::SignedUp& event, const Occasion& evening)
{
    return {event.person_id, "evening_signed_up", with_time_and_place(evening)};
}

Notice notice_of(const matchmaking::SignUpWaitlisted& event, const Occasion& evening)
{
    auto parameters = with_time(evening);
    parameters["rank"] = std::to_string(event.rank);
    return {event.person_id, "evening_waitlisted", std::move(parameters)};
}

Notice notice_of(const matchmaking::SignUpPromoted& event, const Occasion& evening)
{
    return {event.person_id, "evening_promoted", with_time_and_place(evening)};
}

Notice notice_of(const matchmaking::SignUpCancelled& event, const Occasion& evening)
{
    auto parameters = about(evening);
    parameters["reason"] = phrase_of(event.reason);
    return {event.person_id, "evening_cancelled", std::move(parameters)};
}

Notice notice_of(const matchmaking::ResultReady& event, const Occasion& evening)
{
    return {event.person_id, "evening_result_ready", about(evening)};
}

}  // namespace gonghui::notifications
