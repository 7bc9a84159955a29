#pragma once
// Which message follows from which event of another service, and with which parameters. A parameter is a title, a
// place, a time, a number or a code of a phrase; never anything about a person.

#include "schemas/generated/matchmaking/messages.hpp"
#include "schemas/generated/registration/messages.hpp"
#include "schemas/generated/training/messages.hpp"
#include "services/notifications/domain/rendering.hpp"

#include <optional>

namespace gonghui::notifications {

// What a rule wants a person to be told.
struct Notice {
    PersonId person_id;
    std::string_view template_name;
    Parameters parameters;
};

// What a class or an evening is called, where and when it takes place; from the read model.
struct Occasion {
    std::string title_zh;
    std::string title_en;
    std::string venue;
    std::optional<UtcTime> starts_at;
    int utc_offset_minutes = 480;  // in which its times are written
};

[[nodiscard]] Notice notice_of(const training::SeatTaken& event, const Occasion& lesson);
[[nodiscard]] Notice notice_of(const training::Waitlisted& event, const Occasion& lesson);
[[nodiscard]] Notice notice_of(const training::SeatOffered& event, const Occasion& lesson);
[[nodiscard]] Notice notice_of(const training::OfferLapsed& event, const Occasion& lesson);
[[nodiscard]] Notice notice_of(const training::EnrollmentCancelled& event, const Occasion& lesson);
[[nodiscard]] Notice notice_of(const training::WaitingLeft& event, const Occasion& lesson);

struct Union {
    std::string name;
};

// nullopt for who came with a roster: they did not ask, and a roster may name a hundred thousand.
[[nodiscard]] std::optional<Notice> notice_of(const registration::MemberJoined& event, const Union& joined);
[[nodiscard]] Notice notice_of(const registration::ApplicationRefused& event);
[[nodiscard]] Notice notice_of(const registration::MemberTransferred& event, const Union& joined);
[[nodiscard]] Notice notice_of(const registration::MemberRetained& event);
[[nodiscard]] Notice notice_of(const registration::MemberRestored& event, const Union& joined);
// nullopt for the dead.
[[nodiscard]] std::optional<Notice> notice_of(const registration::MemberLeft& event);

// What was said to many, by whom; from the read model.
struct Announcement {
    AnnouncementId announcement_id;
    std::string title_zh, title_en;
    std::string text_zh, text_en;
    std::string union_name;
};

// A message names its announcement, so that a text for a million people is kept once.
[[nodiscard]] Notice notice_of(const AnnouncementId& announcement, const PersonId& person);
inline constexpr std::string_view announced_as = "announcement";  // the parameter that names it
[[nodiscard]] Parameters parameters_of(const Announcement& announcement);

[[nodiscard]] Notice notice_of(const matchmaking::SignedUp& event, const Occasion& evening);
[[nodiscard]] Notice notice_of(const matchmaking::SignUpWaitlisted& event, const Occasion& evening);
[[nodiscard]] Notice notice_of(const matchmaking::SignUpPromoted& event, const Occasion& evening);
[[nodiscard]] Notice notice_of(const matchmaking::SignUpCancelled& event, const Occasion& evening);
[[nodiscard]] Notice notice_of(const matchmaking::ResultReady& event, const Occasion& evening);

}  // namespace gonghui::notifications
