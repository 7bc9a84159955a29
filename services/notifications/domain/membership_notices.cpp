#include "services/notifications/domain/notices.hpp"

namespace gonghui::notifications {

namespace {

// Codes of templates/phrases.
std::string phrase_of(registration::ApplicationRefusalReason reason)
{
    return "refused." + std::string(to_string(reason));
}

std::string phrase_of(registration::LeaveReason reason)
{
    return "ended." + std::string(to_string(reason));
}

std::string phrase_of(registration::RetainReason reason)
{
    return "retained." + std::string(to_string(reason));
}

}  // namespace

std::optional<Notice> notice_of(const registration::MemberJoined& event, const Union& joined)
{
    if (!event.application_id) return std::nullopt;
    return Notice{event.person_id, "membership_approved", {{"union", joined.name}}};
}

Notice notice_of(const registration::ApplicationRefused& event)
{
    return {event.person_id, "membership_refused", {{"reason", phrase_of(event.reason)}}};
}

Notice notice_of(const registration::MemberTransferred& event, const Union& joined)
{
    return {event.person_id, "membership_transferred", {{"union", joined.name}}};
}

Notice notice_of(const registration::MemberRetained& event)
{
    return {event.person_id, "membership_retained", {{"reason", phrase_of(event.reason)}}};
}

Notice notice_of(const registration::MemberRestored& event, const Union& joined)
{
    return {event.person_id, "membership_restored", {{"union", joined.name}}};
}

std::optional<Notice> notice_of(const registration::MemberLeft& event)
{
    if (event.reason == registration::LeaveReason::deceased) return std::nullopt;
    return Notice{event.person_id, "membership_ended", {{"reason", phrase_of(event.reason)}}};
}

Notice notice_of(const AnnouncementId& announcement, const PersonId& person)
{
    return {person, "announcement", {{std::string(announced_as), to_string(announcement)}}};
}

Parameters parameters_of(const Announcement& announcement)
{
    return {{"title.zh-CN", announcement.title_zh},
            {"title.en", announcement.title_en},
            {"text.zh-CN", announcement.text_zh},
            {"text.en", announcement.text_en},
            {"union", announcement.union_name}};
}

}  // namespace gonghui::notifications
