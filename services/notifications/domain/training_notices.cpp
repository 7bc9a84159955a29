#include "services/notifications/domain/notices.hpp"
#include "services/notifications/domain/quiet_hours.hpp"

namespace gonghui::notifications {

namespace {

Parameters about(const Occasion& lesson)
{
    return {{"course.zh-CN", lesson.title_zh}, {"course.en", lesson.title_en}};
}

Parameters about_the_first_session(const Occasion& lesson)
{
    auto parameters = about(lesson);
    parameters["starts_at"] = lesson.starts_at ? to_local_text(*lesson.starts_at, lesson.utc_offset_minutes) : "-";
    return parameters;
}

// A code of templates/phrases.
std::string phrase_of(training::LeavingReason reason)
{
    return "cancelled." + std::string(to_string(reason));
}

}  // namespace

Notice notice_of(const training::SeatTaken& event, const Occasion& lesson)
{
    auto parameters = about_the_first_session(lesson);
    parameters["venue"] = lesson.venue;
    const bool from_the_line = event.via == training::SeatTakenVia::offer;
    return {event.person_id, from_the_line ? "training_promoted" : "training_seat_taken", std::move(parameters)};
}

Notice notice_of(const training::Waitlisted& event, const Occasion& lesson)
{
    auto parameters = about_the_first_session(lesson);
    parameters["rank"] = std::to_string(event.rank);
    return {event.person_id, "training_waitlisted", std::move(parameters)};
}

Notice notice_of(const training::SeatOffered& event, const Occasion& lesson)
{
    auto parameters = about(lesson);
    parameters["expires_at"] = to_local_text(event.expires_at, lesson.utc_offset_minutes);
    return {event.person_id, "training_seat_offered", std::move(parameters)};
}

Notice notice_of(const training::OfferLapsed& event, const Occasion& lesson)
{
    return {event.person_id, "training_offer_lapsed", about(lesson)};
}

Notice notice_of(const training::EnrollmentCancelled& event, const Occasion& lesson)
{
    auto parameters = about(lesson);
    parameters["reason"] = phrase_of(event.reason);
    return {event.person_id, "training_cancelled", std::move(parameters)};
}

Notice notice_of(const training::WaitingLeft& event, const Occasion& lesson)
{
    auto parameters = about(lesson);
    parameters["reason"] = phrase_of(event.reason);
    return {event.person_id, "training_waiting_left", std::move(parameters)};
}

}  // namespace gonghui::notifications
